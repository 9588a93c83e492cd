// What: a block's shared memory, with who touched each byte last: two threads that touch one, at
// least one of them writing, with no barrier between are a race; except stores of one value, which
// compilers make where several threads hold the same result.
// Threads: belongs to its block's host thread.
#pragma once

#include <cstdint>
#include <functional>

#include "tests/ptxsim/checker/allocations.h"
#include "tests/ptxsim/checker/device_memory.h"

namespace ptxsim {

class SharedMemory {
 public:
  explicit SharedMemory(uint32_t bytes);

  // False with *problem filled: nothing was read or written.
  bool load(const Access& access, uint64_t offset, void* to, uint32_t bytes, Problem* problem);
  bool store(const Access& access, uint64_t offset, const void* from, uint32_t bytes,
             Problem* problem);
  // Atomics are in order with each other.
  bool modify(const Access& access, uint64_t offset, uint32_t bytes,
              const std::function<void(void*)>& change, Problem* problem);

 private:
  // Who touched a byte: thread, stamp, whether by an atomic; 0: nobody. Of readers two, so that one
  // of them is not the writer that comes next.
  struct Marks {
    uint32_t writer, readers[2];
  };
  enum class Kind : uint8_t { kLoad, kStore, kAtomic };

  // `stored`: what a store writes; else null.
  bool check(Kind kind, const Access& access, uint64_t offset, uint32_t bytes, const void* stored,
             Problem* problem);
  bool is_within(Kind kind, uint64_t offset, uint32_t bytes, Problem* problem) const;
  bool is_ordered(Kind kind, const Access& access, uint64_t offset, uint32_t bytes,
                  const void* stored, Problem* problem) const;
  Marks* marks() const { return reinterpret_cast<Marks*>(marks_.data()); }

  uint32_t bytes_;
  LazyMemory value_, marks_;
};

}  // namespace ptxsim
