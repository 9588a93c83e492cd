// Replaces malloc and its kin, through which operator new goes too. Not by forward(): the loader,
// which would look libc's up, allocates.
#include <stdlib.h>

#include <cerrno>

#include "forward.h"

using fp4jit::hot_path::counter;
using fp4jit::hot_path::note;

extern "C" {

void* __libc_malloc(size_t) noexcept;
void* __libc_calloc(size_t, size_t) noexcept;
void* __libc_realloc(void*, size_t) noexcept;
void* __libc_memalign(size_t, size_t) noexcept;
void __libc_free(void*) noexcept;

void* malloc(size_t bytes) noexcept {
  note(counter<"malloc">);
  return __libc_malloc(bytes);
}

void* calloc(size_t n, size_t bytes) noexcept {
  note(counter<"calloc">);
  return __libc_calloc(n, bytes);
}

void* realloc(void* old, size_t bytes) noexcept {
  note(counter<"realloc">);
  return __libc_realloc(old, bytes);
}

void free(void* memory) noexcept {
  note(counter<"free">);
  __libc_free(memory);
}

void* aligned_alloc(size_t alignment, size_t bytes) noexcept {
  note(counter<"aligned_alloc">);
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void** out, size_t alignment, size_t bytes) noexcept {
  note(counter<"posix_memalign">);
  *out = __libc_memalign(alignment, bytes);
  return *out == nullptr ? ENOMEM : 0;
}

}  // extern "C"
