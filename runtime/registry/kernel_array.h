// What: the kernel records by handle: an append-only array in chunks that never move.
// Threads: get may be called from any number of threads at any time; append needs the caller's
// lock.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "registry/kernel_key.h"
#include "registry/memory.h"

namespace fp4jit {

// A handle is a record's index under the array's tag, which stands above all indices. Under
// another array's tag the index comes out beyond every size, and so does handle 0: no tag is 0.
// The parameters are for tests/model_check.
template <class Memory = StdMemory, uint32_t chunk_size = 256, uint32_t chunk_count = 1024>
class BasicKernelArray {
  template <class T>
  using Plain = typename Memory::template Plain<T>;

 public:
  using Record = Plain<KernelRecord>;
  static constexpr uint32_t kChunk = chunk_size;
  static constexpr uint32_t kCapacity = chunk_count * kChunk;

  // `tag_bits`: a multiple of kCapacity other than 0, this array's alone.
  explicit BasicKernelArray(uint32_t tag_bits = kCapacity) : tag_bits_(tag_bits) {}

  // Null for a handle that this array never gave out.
  const Record* get(uint32_t handle) const {
    uint32_t index = handle ^ tag_bits_;
    if (index >= size_.load(std::memory_order_acquire)) return nullptr;
    return &chunks_[index / kChunk][index % kChunk];
  }

  // Null when the array is full.
  const Record* append(const LoadedKernel& kernel) {
    uint32_t index = size_.load(std::memory_order_relaxed);
    if (index == kCapacity) return nullptr;
    if (index % kChunk == 0) {
      owned_.push_back(std::make_unique<Record[]>(kChunk));
      chunks_[index / kChunk] = owned_.back().get();
    }
    Record& record = chunks_[index / kChunk][index % kChunk];
    record = KernelRecord{index ^ tag_bits_, kernel};
    size_.store(index + 1, std::memory_order_release);
    return &record;
  }

  uint32_t size() const { return size_.load(std::memory_order_acquire); }

 private:
  // A chunk's pointer is written before the size that lets a reader look at it. They stand first,
  // at offset 0, which saves get an instruction.
  std::array<Plain<Record*>, chunk_count> chunks_{};
  typename Memory::template Atomic<uint32_t> size_{0};
  const uint32_t tag_bits_;
  std::vector<std::unique_ptr<Record[]>> owned_;
};

using KernelArray = BasicKernelArray<>;

}  // namespace fp4jit
