// What: how the tables that are read while they are written touch the memory that threads share:
// as C++ does. tests/model_check puts its own in the place of this one and plays every order of
// accesses that C++ allows.
#pragma once

#include <atomic>

namespace fp4jit {

struct StdMemory {
  template <class T>
  using Atomic = std::atomic<T>;
  // Ordered by the atomics around it.
  template <class T>
  using Plain = T;
};

}  // namespace fp4jit
