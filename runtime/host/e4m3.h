// What: f32 to E4M3 (sign, 4 bits of exponent with bias 7, 3 of mantissa; no infinity) and back.
// Threads: pure. Branch-free, so that a loop over an array becomes vector code.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "host/float_bits.h"

namespace fp4jit::host {

inline constexpr int32_t kE4m3Max = 0x7e;  // 448
inline constexpr int32_t kE4m3Nan = 0x7f;

// Nearest, ties to the even code; beyond 448 it is 448. The sign stays, on zeros too. Every NaN is
// 0x7f: the sign of a NaN that arithmetic made differs between processors.
constexpr uint8_t e4m3_from_float(float value) {
  constexpr int kDropped = kMantissaBits - 3;
  constexpr int32_t kRebias = (127 - 7) << 3;
  constexpr int32_t kLeastNormal = std::bit_cast<int32_t>(0x1p-6f);
  const int32_t bits = std::bit_cast<int32_t>(value);
  const int32_t magnitude = bits & kMagnitudeMask;
  // Neither NaNs nor huge values may overflow below; both are decided at the end.
  const int32_t bounded = magnitude < kInfinityBits ? magnitude : kInfinityBits;
  const int32_t half = (1 << (kDropped - 1)) - 1 + ((bounded >> kDropped) & 1);
  const int32_t normal = ((bounded + half) >> kDropped) - kRebias;
  // Subnormal codes count steps of 2^-9, which is the last place of a float at 2^14: the sum
  // rounds.
  const float sum = std::bit_cast<float>(bounded) + 0x1p14f;
  const int32_t subnormal = std::bit_cast<int32_t>(sum) - std::bit_cast<int32_t>(0x1p14f);
  const int32_t rounded = bounded < kLeastNormal ? subnormal : normal;
  const int32_t saturated = rounded < kE4m3Max ? rounded : kE4m3Max;
  const int32_t sign = (bits >> 24) & 0x80;
  return static_cast<uint8_t>(magnitude > kInfinityBits ? kE4m3Nan : saturated | sign);
}

constexpr float float_from_e4m3(uint8_t code) {
  const int32_t magnitude = code & 0x7f;
  if (magnitude == kE4m3Nan) return std::numeric_limits<float>::quiet_NaN();
  const int32_t normal_bits = (magnitude << (kMantissaBits - 3)) + ((127 - 7) << kMantissaBits);
  const float value =
      magnitude < 8 ? static_cast<float>(magnitude) * 0x1p-9f : std::bit_cast<float>(normal_bits);
  return code & 0x80 ? -value : value;
}

}  // namespace fp4jit::host
