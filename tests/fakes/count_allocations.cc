#include "tests/fakes/count_allocations.h"

#include <cstdlib>

namespace {
thread_local int allocations = 0;
}  // namespace

namespace fp4jit {

int allocations_of_thread() {
  return allocations;
}

}  // namespace fp4jit

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

// Of sanitizer/allocator_interface.h, which GCC does not bring.
using OnMalloc = void (*)(const volatile void*, size_t);
using OnFree = void (*)(const volatile void*);
extern "C" int __sanitizer_install_malloc_and_free_hooks(OnMalloc, OnFree);

namespace {

// A sanitizer's malloc cannot be replaced; it tells.
void count(const volatile void*, size_t) {
  ++allocations;
}
void ignore(const volatile void*) {}
[[maybe_unused]] const int kInstalled = __sanitizer_install_malloc_and_free_hooks(count, ignore);

}  // namespace

#else

// In place of libc's, for libraries that have an operator new of their own too.
extern "C" {

void* __libc_malloc(size_t) noexcept;
void* __libc_calloc(size_t, size_t) noexcept;
void* __libc_realloc(void*, size_t) noexcept;
void* __libc_memalign(size_t, size_t) noexcept;

void* malloc(size_t bytes) noexcept {
  ++allocations;
  return __libc_malloc(bytes);
}
void* calloc(size_t count, size_t bytes) noexcept {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void* realloc(void* old, size_t bytes) noexcept {
  ++allocations;
  return __libc_realloc(old, bytes);
}
void* aligned_alloc(size_t alignment, size_t bytes) noexcept {
  ++allocations;
  return __libc_memalign(alignment, bytes);
}

}  // extern "C"

#endif
