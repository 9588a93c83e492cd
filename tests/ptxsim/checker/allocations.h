// What: the device allocations of a process. Device addresses lie in a range of their own that no
// host pointer points into (touching one on the host is a segmentation fault, as with a real
// device) and are never used again, so that use after free is always seen. Behind each byte stand
// its value, whether it was ever written, and its last writer.
// Threads: allocate and release are called with the driver's lock held, while no kernel runs; find
// from any thread while one runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ptxsim {

// Zeroed memory of which only what is touched takes room.
class LazyMemory {
 public:
  explicit LazyMemory(size_t bytes);  // data() is null where there is no memory
  ~LazyMemory();
  LazyMemory(const LazyMemory&) = delete;
  LazyMemory& operator=(const LazyMemory&) = delete;
  uint8_t* data() const { return data_; }

 private:
  uint8_t* data_;
};

struct Allocation {
  uint64_t id;  // counts from 1, for messages
  uint64_t address, bytes;
  int device;          // ordinal; -1 for pinned host memory, which every device may touch
  std::string origin;  // "cuMemAlloc", "module variable x"
  bool freed = false;
  std::unique_ptr<LazyMemory> value;    // null of pinned memory
  std::unique_ptr<LazyMemory> written;  // a byte each, 0 or 1
  std::unique_ptr<LazyMemory> writer;   // 8 bytes each: device_memory.cc
  uint8_t* host = nullptr;              // where the value is: `value`, or pinned memory
};

class Allocations {
 public:
  // Null where there is no memory. `host` is pinned memory of the caller's, whose address is the
  // device's too.
  const Allocation* allocate(uint64_t bytes, int device, std::string origin);
  const Allocation* pin(void* host, uint64_t bytes, std::string origin);
  // False where no live allocation begins at `address`.
  bool release(uint64_t address);
  // The allocation whose range holds `address`, freed ones included; else null.
  const Allocation* find(uint64_t address) const;
  // The last one that begins at or before `address`, and the first one that begins after it, for
  // "12 bytes past the end of …".
  const Allocation* nearest(uint64_t address) const;
  const Allocation* following(uint64_t address) const;
  // What is allocated now.
  uint64_t live_bytes(int device) const;

 private:
  const Allocation* insert(std::unique_ptr<Allocation> made);

  std::vector<std::unique_ptr<Allocation>> list_;  // by address
  uint64_t next_address_ = 0, next_id_ = 1;
};

// A copy between host and device, or a fill: marks bytes as written. False where [address, +bytes)
// is not inside one live allocation.
bool copy_to_device(const Allocations& allocations, uint64_t to, const void* from, uint64_t bytes);
bool copy_from_device(const Allocations& allocations, void* to, uint64_t from, uint64_t bytes);
bool copy_on_device(const Allocations& allocations, uint64_t to, uint64_t from, uint64_t bytes);
bool fill_device(const Allocations& allocations, uint64_t to, uint64_t count, const void* pattern,
                 uint32_t pattern_bytes);

}  // namespace ptxsim
