// What: f32 to UE8M0, a power of two from 2^-127 (byte 0) to 2^127 (byte 254); byte 255 is NaN.
// Threads: pure.
#pragma once

#include <bit>
#include <cstdint>

#include "host/float_bits.h"

namespace fp4jit::host {

inline constexpr uint8_t kUe8m0Max = 254;
inline constexpr uint8_t kUe8m0Nan = 255;

// The least power of two that is not below `value`, which is not negative; beyond 2^127 it is
// 2^127.
constexpr uint8_t ue8m0_round_up(float value) {
  const int32_t bits = std::bit_cast<int32_t>(value) & kMagnitudeMask;  // a NaN may have a sign
  if (bits > kInfinityBits) return kUe8m0Nan;
  const int32_t exponent = bits >> kMantissaBits;
  const int32_t mantissa = bits & kMantissaMask;
  // Byte 0 is 2^-127, half of the least normal float, so it holds half of the subnormals.
  const int32_t greatest_exact = exponent == 0 ? 1 << (kMantissaBits - 1) : 0;
  const int32_t byte = exponent + (mantissa > greatest_exact);
  return static_cast<uint8_t>(byte < kUe8m0Max ? byte : kUe8m0Max);
}

// 1 / 2^(byte-127), for bytes 1 to 253.
constexpr float ue8m0_reciprocal(uint8_t byte) {
  return std::bit_cast<float>((254 - byte) << kMantissaBits);
}

}  // namespace fp4jit::host
