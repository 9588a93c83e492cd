// What: f32 to E2M1, the four bits sign·exponent·exponent·mantissa of 0, 0.5, 1, 1.5, 2, 3, 4, 6.
// Threads: pure. Branch-free, so that a loop over an array becomes vector code.
#pragma once

#include <bit>
#include <cstdint>

#include "host/float_bits.h"

namespace fp4jit::host {

// Nearest, ties to the even code; beyond 5 it is 6. The sign stays, on zeros too; NaN is +6.
constexpr uint32_t e2m1_from_float(float value) {
  const int32_t bits = std::bit_cast<int32_t>(value);
  const int32_t magnitude = bits & kMagnitudeMask;
  // Each code begins halfway from the one below it; the tie itself belongs to the even one of the
  // two.
  const int32_t code =
      (magnitude > std::bit_cast<int32_t>(0.25f)) + (magnitude >= std::bit_cast<int32_t>(0.75f)) +
      (magnitude > std::bit_cast<int32_t>(1.25f)) + (magnitude >= std::bit_cast<int32_t>(1.75f)) +
      (magnitude > std::bit_cast<int32_t>(2.5f)) + (magnitude >= std::bit_cast<int32_t>(3.5f)) +
      (magnitude > std::bit_cast<int32_t>(5.0f));
  const int32_t sign = magnitude > kInfinityBits ? 0 : 8;
  return static_cast<uint32_t>(code | ((bits >> 28) & sign));
}

}  // namespace fp4jit::host
