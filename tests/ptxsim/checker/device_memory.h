// What: loads, stores and atomics of device threads on the allocations, each access checked:
// bounds, alignment, freed, never written, written by another thread without order.
// Threads: any number at once; an access is done under a lock of its address.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "tests/ptxsim/checker/allocations.h"
#include "tests/ptxsim/checker/findings.h"

namespace ptxsim {

// Who accesses, and what of the block's earlier accesses is ordered before it. A warp's accesses
// have stamps, which grow where it arrives at a barrier; `seen[w]` is the stamp below which those
// of warp w come before this one, by barriers that both took part in.
struct Access {
  uint64_t launch = 0, block = 0;
  uint32_t thread = 0;  // in its block
  uint32_t stamp = 1;
  const uint32_t* seen = nullptr;
};

inline constexpr uint32_t kThreadsOfWarp = 32;

// Whether what a thread of the block did at `stamp` comes before `access`.
inline bool comes_before(uint32_t thread, uint32_t stamp, const Access& access) {
  return thread == access.thread || stamp < access.seen[thread / kThreadsOfWarp];
}

struct Touch {
  uint64_t address;
  uint32_t bytes;
  bool writes;
};

// Launches by their numbers, with their kernels' names.
using LaunchNames = std::map<uint64_t, std::string>;

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

  // Who of `launches` last wrote where `touch` is: "store of 4 bytes at 0x…: launch 3 (thread 5 of
  // block 0 of kernel fill) writes there". Empty where none.
  std::string written_by(const Touch& touch, const LaunchNames& launches);

 private:
  // The allocation that may be accessed so.
  const Allocation* check(uint64_t address, uint32_t bytes, const char* verb, Problem* problem);
  Problem why_not(uint64_t address, uint32_t bytes, const char* verb) const;
  // Fills *problem; always false.
  bool never_written(const char* verb, uint32_t bytes, uint64_t address, ptrdiff_t byte,
                     Problem* problem) const;
  std::atomic_flag& lock_of(uint64_t address);

  const Allocations& allocations_;
  int device_;
  std::atomic_flag locks_[256];
};

}  // namespace ptxsim
