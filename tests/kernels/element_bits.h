// What: where the parts of an element stand in its bits, and numbers that look random but never
// change.
// Threads: pure.
#pragma once

#include <cstdint>

#include "base/dtype.h"

namespace fp4jit {

struct ElementBits {
  int mantissa_bits;
  int exponent_bits;

  constexpr int width() const { return 1 + exponent_bits + mantissa_bits; }
  constexpr uint32_t sign() const { return 1u << (width() - 1); }
  constexpr uint32_t mantissa_mask() const { return (1u << mantissa_bits) - 1; }
  constexpr uint32_t last_exponent() const {
    return (1u << exponent_bits) - 1;
  }  // of infinity and NaN
  constexpr uint32_t bias() const { return last_exponent() / 2; }
  constexpr uint32_t magnitude(uint32_t exponent, uint32_t mantissa) const {
    return exponent << mantissa_bits | mantissa;
  }
};

constexpr ElementBits element_bits(Dtype type) {
  return type == Dtype::kF16    ? ElementBits{10, 5}
         : type == Dtype::kBf16 ? ElementBits{7, 8}
                                : ElementBits{23, 8};
}

// A bijection of 64 bits that leaves no pattern (the finaliser of SplitMix64).
constexpr uint64_t scrambled(uint64_t value) {
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
  value = (value ^ value >> 27) * 0x94D049BB133111EBu;
  return value ^ value >> 31;
}

}  // namespace fp4jit
