// What: the kernel records by handle: an append-only array in chunks that never move.
// Threads: get may be called from any number of threads at any time; append needs the caller's
// lock.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "registry/kernel_key.h"

namespace fp4jit {

class KernelArray {
 public:
  // Null for a handle that was never given out.
  const KernelRecord* get(uint32_t handle) const {
    uint32_t index = handle - 1;  // handle 0 becomes the largest index, which is never in use
    if (index >= size_.load(std::memory_order_acquire)) return nullptr;
    return &chunks_[index / kChunk][index % kChunk];
  }

  // Null when the array is full.
  const KernelRecord* append(const LoadedKernel& kernel) {
    uint32_t index = size_.load(std::memory_order_relaxed);
    if (index == kCapacity) return nullptr;
    std::unique_ptr<KernelRecord[]>& chunk = chunks_[index / kChunk];
    if (!chunk) chunk = std::make_unique<KernelRecord[]>(kChunk);
    chunk[index % kChunk] = {index + 1, kernel};
    size_.store(index + 1, std::memory_order_release);
    return &chunk[index % kChunk];
  }

  uint32_t size() const { return size_.load(std::memory_order_acquire); }

  static constexpr uint32_t kChunk = 256;
  static constexpr uint32_t kCapacity = 1024 * kChunk;

 private:
  // A chunk's pointer is written before the size that lets a reader look at it.
  std::array<std::unique_ptr<KernelRecord[]>, kCapacity / kChunk> chunks_;
  std::atomic<uint32_t> size_{0};
};

}  // namespace fp4jit
