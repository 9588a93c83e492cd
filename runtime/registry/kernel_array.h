// What: the kernel records by handle: an append-only array in chunks that never move.
// Threads: get may be called from any number of threads at any time; append needs the caller's
// lock.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "registry/kernel_key.h"

namespace fp4jit {

// A handle is a record's index under the array's tag, which stands above all indices. Under
// another array's tag the index comes out beyond every size, and so does handle 0: no tag is 0.
class KernelArray {
 public:
  static constexpr uint32_t kChunk = 256;
  static constexpr uint32_t kCapacity = 1024 * kChunk;

  // `tag_bits`: a multiple of kCapacity other than 0, this array's alone.
  explicit KernelArray(uint32_t tag_bits = kCapacity) : tag_bits_(tag_bits) {}

  // Null for a handle that this array never gave out.
  const KernelRecord* get(uint32_t handle) const {
    uint32_t index = handle ^ tag_bits_;
    if (index >= size_.load(std::memory_order_acquire)) return nullptr;
    return &chunks_[index / kChunk][index % kChunk];
  }

  // Null when the array is full.
  const KernelRecord* append(const LoadedKernel& kernel) {
    uint32_t index = size_.load(std::memory_order_relaxed);
    if (index == kCapacity) return nullptr;
    std::unique_ptr<KernelRecord[]>& chunk = chunks_[index / kChunk];
    if (!chunk) chunk = std::make_unique<KernelRecord[]>(kChunk);
    chunk[index % kChunk] = {index ^ tag_bits_, kernel};
    size_.store(index + 1, std::memory_order_release);
    return &chunk[index % kChunk];
  }

  uint32_t size() const { return size_.load(std::memory_order_acquire); }

 private:
  // A chunk's pointer is written before the size that lets a reader look at it. They stand first,
  // at offset 0, which saves get an instruction.
  std::array<std::unique_ptr<KernelRecord[]>, kCapacity / kChunk> chunks_;
  std::atomic<uint32_t> size_{0};
  const uint32_t tag_bits_;
};

}  // namespace fp4jit
