// What: f32 arithmetic as the GPU does it with `.ftz`: subnormal operands and results are zeros of
// their sign. `numerics=trtllm` is written in it.
// Threads: pure. Branch-free, so that a loop over an array becomes vector code.
#pragma once

#include <bit>
#include <cstdint>

#include "host/float_bits.h"

namespace fp4jit::host {

constexpr float flushed(float value) {
  const int32_t bits = std::bit_cast<int32_t>(value);
  const int32_t kept = (bits & kInfinityBits) == 0 ? ~kMagnitudeMask : -1;
  return std::bit_cast<float>(bits & kept);
}

constexpr float multiply_ftz(float a, float b) {
  return flushed(flushed(a) * flushed(b));
}

// rcp.approx.ftz, but correctly rounded.
constexpr float reciprocal_ftz(float value) {
  return flushed(1.0f / flushed(value));
}

constexpr bool is_zero_ftz(float value) {
  return flushed(value) == 0.0f;
}

}  // namespace fp4jit::host
