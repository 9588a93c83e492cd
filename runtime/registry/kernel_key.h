// What: what the registry is asked for, and what it gives: (spec, device) and an immortal record.
// Threads: values; a KernelRecord is immutable once it is published.
#pragma once

#include <compare>
#include <cstdint>

#include "device/kernel.h"
#include "spec/packed.h"

namespace fp4jit {

struct KernelKey {
  PackedSpec spec;
  int32_t device = 0;  // ordinal

  auto operator<=>(const KernelKey&) const = default;
};

// Aligned, for the size to be a power of two: a record is found by a shift, and in one cache line.
struct alignas(64) KernelRecord {
  uint32_t handle = 0;  // 0 is none
  LoadedKernel kernel;
};

// Spreads keys over 64 bits: two multiplications, since fields sit in few of a spec's bits.
struct KernelKeyHash {
  constexpr uint64_t operator()(const KernelKey& key) const {
    constexpr uint64_t kLow = 0x9e3779b97f4a7c15, kHigh = 0xd6e8feb86659fd93;
    uint64_t mixed = (key.spec.low ^ static_cast<uint32_t>(key.device) * (kHigh >> 7)) * kLow;
    mixed ^= (key.spec.high ^ (mixed >> 32)) * kHigh;
    return mixed ^ (mixed >> 29);
  }
};

}  // namespace fp4jit
