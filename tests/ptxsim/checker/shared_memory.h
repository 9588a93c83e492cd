// What: a block's shared memory, with who touched each byte last: two threads that touch one, at
// least one of them writing, with no barrier between are a race, whatever the values.
// Threads: belongs to its block's host thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tests/ptxsim/checker/device_memory.h"

namespace ptxsim {

struct SharedAccess {
  uint32_t thread, interval;     // barriers of the block
  uint32_t warp, warp_interval;  // bar.warp.sync of its warp
  bool atomic = false;           // atomics are ordered among themselves
};

class SharedMemory {
 public:
  explicit SharedMemory(uint32_t bytes) : value_(bytes), written_(bytes), marks_(bytes) {}

  bool load(const SharedAccess& access, uint64_t offset, void* to, uint32_t bytes,
            Problem* problem);
  bool store(const SharedAccess& access, uint64_t offset, const void* from, uint32_t bytes,
             Problem* problem);
  bool modify(const SharedAccess& access, uint64_t offset, uint32_t bytes,
              const std::function<void(void*)>& change, Problem* problem);

 private:
  struct Mark {
    SharedAccess writer, reader;
    bool has_writer = false, has_reader = false;
  };
  bool check(uint64_t offset, uint32_t bytes, const char* verb, Problem* problem) const;
  bool check_order(const SharedAccess& access, uint64_t offset, uint32_t bytes, bool writes,
                   Problem* problem);

  std::vector<uint8_t> value_, written_;
  std::vector<Mark> marks_;
};

}  // namespace ptxsim
