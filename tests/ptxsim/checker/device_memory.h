// What: loads, stores and atomics of device threads on the allocations, each access checked:
// bounds, alignment, freed, never written, written by another thread without order. Threads: any
// number at once; an access is done under a lock of its address.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "tests/ptxsim/checker/allocations.h"
#include "tests/ptxsim/checker/findings.h"

namespace ptxsim {

// Who accesses, as it stands behind each written byte. Two accesses of a launch are ordered when
// they are one thread's, or of one block with a barrier between them.
struct Access {
  uint64_t launch = 0, block = 0;
  uint32_t thread = 0;    // in its block
  uint32_t interval = 0;  // barriers that the block has passed
};

struct Touch {
  uint64_t address;
  uint32_t bytes;
  bool writes;
};

struct Problem {
  FindingKind kind;
  std::string what;
};

class DeviceMemory {
 public:
  DeviceMemory(const Allocations& allocations, int device);

  // False with *problem filled: nothing was read or written.
  bool load(uint64_t address, void* to, uint32_t bytes, Problem* problem);
  bool store(const Access& access, uint64_t address, const void* from, uint32_t bytes,
             Problem* problem);
  // `change` replaces the value in place, as one step; atomics never conflict with each other.
  bool modify(const Access& access, uint64_t address, uint32_t bytes,
              const std::function<void(void*)>& change, Problem* problem);

  // Why `touch` may not be made: whose of `launches` last wrote there. Empty where none.
  std::string touched_before_wait(const Touch& touch, const std::set<uint64_t>& launches);

 private:
  const Allocation* check(uint64_t address, uint32_t bytes, const char* verb, Problem* problem);
  std::atomic_flag& lock_of(uint64_t address);

  const Allocations& allocations_;
  int device_;
  std::atomic_flag locks_[256];
};

}  // namespace ptxsim
