#include "tests/fakes/count_allocations.h"

#include <cstdlib>
#include <new>

namespace {
thread_local int allocations = 0;
}  // namespace

namespace fp4jit {

int allocations_of_thread() {
  return allocations;
}

}  // namespace fp4jit

void* operator new(size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}
