// What: the UE4M3 scale of an nvfp4 block and the multiplier of its elements, step by step as each
// numerics rounds. quantise: code = e2m1(x * multiplier), x ~ code * scale / global_scale.
#pragma once

#include "device/e4m3.cuh"

namespace fp4jit {

static constexpr float kOneSixth = 0.16666667163372040f;  // the float next to it

// What a thread needs of the global scale, computed once.
struct GlobalScale {
  float encode;      // trtllm: global_scale; exact: global_scale * (1/6)
  float reciprocal;  // of global_scale
};

template <Numerics numerics>
FP4JIT_DEVICE GlobalScale global_scale_of(float value) {
  if constexpr (numerics == Numerics::kTrtllm) {
    return {value, reciprocal_approx_ftz(value)};
  } else {
    return {mul_rn(value, kOneSixth), reciprocal_rn(value)};
  }
}

// What is rounded to the scale byte.
template <Numerics numerics>
FP4JIT_DEVICE float unrounded_scale(float amax, GlobalScale global) {
  if constexpr (numerics == Numerics::kTrtllm) {
    return mul_ftz(global.encode, mul_ftz(amax, kOneSixth));
  } else {
    return amax == 0.0f ? 0.0f : mul_rn(amax, global.encode);
  }
}

// `scale`: the scale byte as a number. A block whose scale is zero gets codes +-0 under trtllm (its
// kernel divides by zero there); exact follows the strict formula, which saturates.
template <Numerics numerics>
FP4JIT_DEVICE float element_multiplier(float amax, float scale, GlobalScale global) {
  if constexpr (numerics == Numerics::kTrtllm) {
    float multiplier = reciprocal_approx_ftz(mul_ftz(scale, global.reciprocal));
    return zero_unless_both_ftz(multiplier, amax, scale);
  } else {
    constexpr u32 kLargestFinite = 0x7F7FFFFFu;
    float multiplier =
        min_rn(reciprocal_rn(mul_rn(scale, global.reciprocal)), float_of(kLargestFinite));
    return amax == 0.0f ? 0.0f : multiplier;
  }
}

}  // namespace fp4jit
