// Replaces the functions of files and of the loader, and syscall.
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forward.h"

using fp4jit::hot_path::forward;

extern "C" {

// The mode is read even where the caller gave none: libc's function looks at it only where it must.
int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return forward<"open", int>(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return forward<"open64", int>(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return forward<"openat", int>(folder, path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  return forward<"fopen", FILE*>(path, mode);
}

FILE* fopen64(const char* path, const char* mode) {
  return forward<"fopen64", FILE*>(path, mode);
}

int stat(const char* path, struct stat* out) noexcept {
  return forward<"stat", int>(path, out);
}

int fstat(int file, struct stat* out) noexcept {
  return forward<"fstat", int>(file, out);
}

int lstat(const char* path, struct stat* out) noexcept {
  return forward<"lstat", int>(path, out);
}

int statx(int folder, const char* path, int flags, unsigned mask, struct statx* out) noexcept {
  return forward<"statx", int>(folder, path, flags, mask, out);
}

int access(const char* path, int mode) noexcept {
  return forward<"access", int>(path, mode);
}

ssize_t read(int file, void* to, size_t bytes) {
  return forward<"read", ssize_t>(file, to, bytes);
}

ssize_t pread(int file, void* to, size_t bytes, off_t at) {
  return forward<"pread", ssize_t>(file, to, bytes, at);
}

void* dlopen(const char* path, int mode) noexcept {
  return forward<"dlopen", void*>(path, mode);
}

void* dlsym(void* library, const char* name) noexcept {
  return forward<"dlsym", void*>(library, name);
}

long syscall(long number, ...) noexcept {
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (long& argument : a) argument = va_arg(rest, long);
  va_end(rest);
  return forward<"syscall", long>(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

}  // extern "C"
