// What: the UE4M3 scale of an nvfp4 block and the multiplier of its elements, step by step as each
// numerics rounds. quantise: code = e2m1(x * multiplier), x ~ code * scale / global_scale.
#pragma once

#include "device/e4m3.cuh"

namespace fp4jit {

static constexpr float kOneSixth = 0.16666667163372040f;  // the float next to it

// What a thread needs of the global scale, computed once.
struct GlobalScale {
  float encode;      // trtllm, torchao: global_scale; exact: global_scale * (1/6)
  float reciprocal;  // of global_scale; of torchao its per_tensor_scale
};

// `value`: what the caller gave. torchao begins with the reciprocal and takes that of it again.
template <Numerics numerics, Scale scale>
FP4JIT_DEVICE GlobalScale global_scale_of(float value) {
  if constexpr (numerics == Numerics::kTrtllm) {
    return {value, reciprocal_approx_ftz(value)};
  } else if constexpr (numerics == Numerics::kExact) {
    return {mul_rn(value, kOneSixth), reciprocal_rn(value)};
  } else {
    float per_tensor_scale = scale == Scale::kInverse ? value : reciprocal_rn(value);
    return {reciprocal_rn(per_tensor_scale), per_tensor_scale};
  }
}

// What is rounded to the scale byte. torchao: at least the least normal E4M3 number; NaN stays.
template <Numerics numerics>
FP4JIT_DEVICE float unrounded_scale(float amax, GlobalScale global) {
  if constexpr (numerics == Numerics::kTrtllm) {
    return mul_ftz(global.encode, mul_ftz(amax, kOneSixth));
  } else if constexpr (numerics == Numerics::kExact) {
    return amax == 0.0f ? 0.0f : mul_rn(amax, global.encode);
  } else {
    return max_nan(div_rn(div_rn(amax, 6.0f), global.reciprocal), 0.015625f);
  }
}

// `scale`: the scale byte as a number. A block whose scale is zero gets codes +-0 under trtllm (its
// kernel divides by zero there); exact follows the strict formula, which saturates.
template <Numerics numerics>
FP4JIT_DEVICE float element_multiplier(float amax, float scale, GlobalScale global) {
  if constexpr (numerics == Numerics::kTrtllm) {
    float multiplier = reciprocal_approx_ftz(mul_ftz(scale, global.reciprocal));
    return zero_unless_both_ftz(multiplier, amax, scale);
  } else if constexpr (numerics == Numerics::kExact) {
    constexpr u32 kLargestFinite = 0x7F7FFFFFu;
    float multiplier =
        min_rn(reciprocal_rn(mul_rn(scale, global.reciprocal)), float_of(kLargestFinite));
    return amax == 0.0f ? 0.0f : multiplier;
  } else {
    return div_rn(global.encode, scale);
  }
}

}  // namespace fp4jit
