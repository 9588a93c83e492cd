// What: the elements of one scale block as they were loaded, two 16-bit ones or one f32 to a word.
#pragma once

#include "device/convert.cuh"

namespace fp4jit {

// A block's words, or zeros where the input has no such block.
template <u32 count, bool always>
FP4JIT_DEVICE void load_words(const u8* from, bool valid, u32* words) {
  if constexpr (!always) {
#pragma unroll
    for (u32 i = 0; i < count; ++i) words[i] = 0;
    if (!valid) return;
  }
#pragma unroll
  for (u32 i = 0; i < count; i += 4) load_16_bytes(from + i * 4, words + i);
}

// 2 words, or a multiple of 4, to an address aligned to as many bytes up to 16.
template <u32 count>
FP4JIT_DEVICE void store_words(u8* to, const u32* words) {
  if constexpr (count == 2) {
    store_8_bytes(to, words);
  } else {
#pragma unroll
    for (u32 i = 0; i < count; i += 4) store_16_bytes(to + i * 4, words + i);
  }
}

// Eight elements from their words, exactly.
template <class In>
FP4JIT_DEVICE void f32x8(const u32* words, float* values) {
#pragma unroll
  for (u32 i = 0; i < 8 / kPerWord<In>; ++i) {
    if constexpr (kSame<In, Bf16>) {
      values[2 * i] = float_of(words[i] << 16);
      values[2 * i + 1] = float_of(words[i] & 0xFFFF0000u);
    } else if constexpr (kSame<In, F16>) {
      values[2 * i] = f32_from_f16(words[i] & 0xFFFFu);
      values[2 * i + 1] = f32_from_f16(words[i] >> 16);
    } else {
      values[i] = float_of(words[i]);
    }
  }
}

// Eight floats times `by`, each product rounded once.
template <Numerics numerics, int sm>
FP4JIT_DEVICE void scale_x8(float* values, float by) {
  constexpr bool kFlush = numerics == Numerics::kTrtllm;
#pragma unroll
  for (u32 i = 0; i < 8; i += 2) {
    if constexpr (kHasF32x2<sm>) {
      static_assert(!kFlush, "these targets flush in e2m1x8_mul_ftz");
      mul_x2_rn(values + i, by);
    } else {
      values[i] = kFlush ? mul_ftz(values[i], by) : mul_rn(values[i], by);
      values[i + 1] = kFlush ? mul_ftz(values[i + 1], by) : mul_rn(values[i + 1], by);
    }
  }
}

// The greatest magnitude at even and at odd positions, with signs that mean nothing (taking a
// magnitude is free in the operation that uses it). Kept apart until the numerics say how they
// merge.
struct LaneMaxima {
  float even, odd;
};

// NaN: kWins makes a lane NaN that has one; kLoses only a lane that has nothing else.
enum class Nan { kWins, kLoses };

template <Nan nan>
FP4JIT_DEVICE float max_of(float a, float b) {
  return nan == Nan::kWins ? max_nan(a, b) : max_rn(a, b);
}

template <class In, Nan nan, int sm>
FP4JIT_DEVICE u32 abs_max_x2(u32 a, u32 b) {
  if constexpr (!kHasAbsMax<sm>) {
    static_assert(nan == Nan::kWins, "a target without FP4 conversions looks for NaN");
    a &= 0x7FFF7FFFu;
    b &= 0x7FFF7FFFu;
    if constexpr (kSame<In, Bf16>) return max_nan_bf16x2(a, b);
    if constexpr (kSame<In, F16>) return max_nan_f16x2(a, b);
  } else if constexpr (kSame<In, Bf16>) {
    if constexpr (nan == Nan::kWins) return abs_max_nan_bf16x2(a, b);
    if constexpr (nan == Nan::kLoses) return abs_max_bf16x2(a, b);
  } else {
    if constexpr (nan == Nan::kWins) return abs_max_nan_f16x2(a, b);
    if constexpr (nan == Nan::kLoses) return abs_max_f16x2(a, b);
  }
}

template <class In, Nan nan, int sm, u32 count>
FP4JIT_DEVICE LaneMaxima lane_maxima(const u32* words) {
  if constexpr (kSame<In, F32>) {
    LaneMaxima maxima = {abs_rn(float_of(words[0])), abs_rn(float_of(words[1]))};
#pragma unroll
    for (u32 i = 2; i < count; i += 2) {
      float even = abs_rn(float_of(words[i])), odd = abs_rn(float_of(words[i + 1]));
      maxima.even = max_of<nan>(maxima.even, even);
      maxima.odd = max_of<nan>(maxima.odd, odd);
    }
    return maxima;
  } else {
    u32 pair = words[0];
#pragma unroll
    for (u32 i = 1; i < count; ++i) pair = abs_max_x2<In, nan, sm>(pair, words[i]);
    if constexpr (kSame<In, Bf16>) return {float_of(pair << 16), float_of(pair & 0xFFFF0000u)};
    if constexpr (kSame<In, F16>) return {f32_from_f16(pair & 0xFFFFu), f32_from_f16(pair >> 16)};
  }
}

// For Nan::kWins: bits of the block's amax, above infinity's where it holds NaN.
FP4JIT_DEVICE u32 amax_bits_or_nan(LaneMaxima maxima) {
  u32 even = bits_of(maxima.even) & 0x7FFFFFFFu, odd = bits_of(maxima.odd) & 0x7FFFFFFFu;
  return even > odd ? even : odd;
}

// For Nan::kLoses. TensorRT-LLM's kernel compares the lanes so that NaN in the odd one survives;
// exact leaves NaN out.
template <Numerics numerics>
FP4JIT_DEVICE float amax_without_nan(LaneMaxima maxima) {
  float even = abs_rn(maxima.even), odd = abs_rn(maxima.odd);
  if constexpr (numerics == Numerics::kTrtllm) {
    return abs_rn(even > odd ? maxima.even : maxima.odd);
  } else {
    return max_rn(max_rn(even, odd), 0.0f);
  }
}

}  // namespace fp4jit
