#define _GNU_SOURCE
#include "break.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* operator new(size_t) and operator delete(void*): this library links no C++ runtime, and the
 * program that it is loaded into has one. */
void* _Znwm(size_t bytes) __attribute__((weak));
void _ZdlPv(void* memory) __attribute__((weak));

static void do_malloc(void) {
  void* volatile memory = malloc(1);
  free(memory);
}

static void do_new(void) {
  if (_Znwm) _ZdlPv(_Znwm(1));
}

static void do_mutex(void) {
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
}

static void do_rwlock(void) {
  pthread_rwlock_rdlock(&rwlock);
  pthread_rwlock_unlock(&rwlock);
}

static void do_cond(void) {
  pthread_cond_signal(&condition);
}

static void nothing(void) {}

static void do_once(void) {
  pthread_once(&once, nothing);
}

static void do_getenv(void) {
  const char* volatile value = getenv("STUBDRIVER_NOTHING");
  (void)value;
}

static void do_clock_gettime(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
}

static void do_open(void) {
  int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (file >= 0) close(file);
}

static void do_stat(void) {
  struct stat status;
  int volatile result = stat("/dev/null", &status);
  (void)result;
}

static void do_read(void) {
  char byte;
  ssize_t volatile result = read(-1, &byte, 1);
  (void)result;
}

static void do_dlsym(void) {
  void* volatile symbol = dlsym(RTLD_DEFAULT, "malloc");
  (void)symbol;
}

static void do_syscall(void) {
  syscall(SYS_getppid);
}

static const struct {
  const char* word;
  stubdriver_deed deed;
} deeds[] = {
    {"", NULL},
    {"malloc", do_malloc},
    {"mutex", do_mutex},
    {"rwlock", do_rwlock},
    {"cond", do_cond},
    {"once", do_once},
    {"getenv", do_getenv},
    {"clock_gettime", do_clock_gettime},
    {"open", do_open},
    {"stat", do_stat},
    {"read", do_read},
    {"dlsym", do_dlsym},
    {"syscall", do_syscall},
    {"new", do_new},
};

stubdriver_deed stubdriver_deed_of(const char* word, int* known) {
  for (size_t i = 0; i < sizeof deeds / sizeof *deeds; ++i) {
    *known = strcmp(deeds[i].word, word) == 0;
    if (*known) return deeds[i].deed;
  }
  return NULL;
}
