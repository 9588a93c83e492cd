// What: floats to E4M3 bytes and back, to nearest even, saturating at 448 (0x7E); NaN gives 0x7F.
// It is the element type of mxfp8 and, never negative for a positive global scale, the scale type
// of nvfp4.
#pragma once

#include "device/convert.cuh"

namespace fp4jit {

FP4JIT_DEVICE u32 e4m3_by_integers(float value) {
  u32 sign = bits_of(value) >> 24 & 0x80u;
  float a = min_rn(abs_rn(value), 448.0f);
  u32 bits = bits_of(a);
  u32 normal = ((bits + 0x7FFFFu + (bits >> 20 & 1u)) >> 20) - (120u << 3);
  // Below 2^-6 the unit is 2^-9: adding 2^14, whose last bit is worth that, rounds.
  constexpr float kTwoTo14 = 16384.0f;
  u32 subnormal = bits_of(fma_rn(a, 1.0f, kTwoTo14)) & 0xFu;
  u32 magnitude = a < 0.015625f ? subnormal : normal;
  return value != value ? 0x7Fu : sign | magnitude;
}

template <int sm>
FP4JIT_DEVICE u32 e4m3x2(float low, float high) {
  if constexpr (kHasFp8Convert<sm>) {
    return e4m3x2_convert(low, high);
  } else {
    return e4m3_by_integers(low) | e4m3_by_integers(high) << 8;
  }
}

template <int sm>
FP4JIT_DEVICE u32 e4m3(float value) {
  if constexpr (kHasFp8Convert<sm>) {
    return e4m3x2_convert(value, 0.0f) & 0xFFu;
  } else {
    return e4m3_by_integers(value);
  }
}

template <int sm>
FP4JIT_DEVICE u32 e4m3x4(const float* values) {
  return e4m3x2<sm>(values[0], values[1]) | e4m3x2<sm>(values[2], values[3]) << 16;
}

// Exact for every byte but NaN (0x7F, 0xFF), subnormals included: the bits as a float of tiny
// exponent.
FP4JIT_DEVICE float f32_from_finite_e4m3(u32 byte) {
  constexpr float kTwoTo120 = 1.329227995784916e36f;
  return mul_rn(float_of((byte & 0x7Fu) << 20 | (byte & 0x80u) << 24), kTwoTo120);
}

// Two bytes, NaN included.
template <int sm>
FP4JIT_DEVICE void f32x2_from_e4m3x2(u32 bytes, float* values) {
  if constexpr (kHasFp8Convert<sm>) {
    f32x2_from_e4m3x2_convert(bytes, values);
  } else {
#pragma unroll
    for (u32 i = 0; i < 2; ++i) {
      u32 byte = bytes >> 8 * i & 0xFFu;
      values[i] = (byte & 0x7Fu) == 0x7Fu ? float_of(0x7FFFFFFFu) : f32_from_finite_e4m3(byte);
    }
  }
}

// As above; where integers do it, exact for positive numbers alone.
template <int sm>
FP4JIT_DEVICE void f32x2_from_usual_e4m3x2(u32 bytes, float* values) {
  if constexpr (kHasFp8Convert<sm>) {
    f32x2_from_e4m3x2_convert(bytes, values);
  } else {
    values[0] = f32_from_finite_e4m3(bytes & 0x7Fu);
    values[1] = f32_from_finite_e4m3(bytes >> 8 & 0x7Fu);
  }
}

}  // namespace fp4jit
