// What: std::atomic and plain variables under the explorer: a load gives any store that C++20's
// release and acquire allow, and an access that nothing orders is a data race. With seq_cst, fences
// or read-modify-write it fails or does not compile.
// Threads: model threads alone.
#pragma once

#include <atomic>
#include <typeinfo>
#include <vector>

#include "tests/model_check/execution.h"

namespace fp4jit::model_check {

template <class T>
class Atomic {
 public:
  explicit(false) Atomic(T value) : stores_{value} { execution().construct(history_); }
  Atomic(const Atomic&) = delete;

  T load(std::memory_order order) const { return stores_[execution().load(history_, order)]; }

  void store(T value, std::memory_order order) {
    execution().store(history_, order);
    stores_.push_back(value);
  }

 private:
  std::vector<T> stores_;  // in modification order, as in the history
  mutable History history_;
};

template <class T>
class Plain {
 public:
  Plain() : Plain(T()) {}
  explicit(false) Plain(const T& value) : value_(value) { execution().write(accesses_); }
  Plain(const Plain&) = delete;

  explicit(false) operator const T&() const {
    execution().read(accesses_);
    return value_;
  }
  void operator=(const T& value) {
    execution().write(accesses_);
    value_ = value;
  }

 private:
  T value_;
  mutable Accesses accesses_{.type = &typeid(T)};
};

// In the place of StdMemory.
struct Memory {
  template <class T>
  using Atomic = model_check::Atomic<T>;
  template <class T>
  using Plain = model_check::Plain<T>;
};

}  // namespace fp4jit::model_check
