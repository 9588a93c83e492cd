// What: the host branch of convert.cuh: the same operations in C++, bit for bit, so that the text
// of a template can run on a CPU. Approximate reciprocals are correctly rounded here.
// Threads: the "device" is emulated per host thread: threadIdx and its like are thread_local.
#pragma once

#include "device/types.cuh"

#define FP4JIT_DEVICE inline
#define FP4JIT_COLD inline
#define __global__
#define __launch_bounds__(threads, ctas)

namespace fp4jit {

struct Dim3 {
  u32 x = 0, y = 0, z = 0;
};
inline thread_local Dim3 threadIdx, blockIdx, gridDim;

FP4JIT_DEVICE u32 bits_of(float value) {
  return __builtin_bit_cast(u32, value);
}
FP4JIT_DEVICE float float_of(u32 bits) {
  return __builtin_bit_cast(float, bits);
}

FP4JIT_DEVICE u64 mad_wide(u32 a, u32 b, u64 c) {
  return u64(a) * b + c;
}

FP4JIT_DEVICE void load_16_bytes(const void* from, u32* words) {
  __builtin_memcpy(words, from, 16);
}
FP4JIT_DEVICE float load_float(const float* from) {
  return *from;
}

// Where a test sets it, it sees every store of its thread.
inline thread_local void (*on_store)(const void* to, u32 bytes) = nullptr;
FP4JIT_DEVICE void store(void* to, const void* from, u32 bytes) {
  if (on_store != nullptr) on_store(to, bytes);
  __builtin_memcpy(to, from, bytes);
}
FP4JIT_DEVICE void store_16_bytes(void* to, const u32* words) {
  store(to, words, 16);
}
FP4JIT_DEVICE void store_8_bytes(void* to, const u32* words) {
  store(to, words, 8);
}
FP4JIT_DEVICE void store_2_bytes(void* to, u32 value) {
  store(to, &value, 2);
}
FP4JIT_DEVICE void store_byte(void* to, u32 value) {
  store(to, &value, 1);
}

FP4JIT_DEVICE void grid_dependency_wait() {}
FP4JIT_DEVICE void grid_launch_dependents() {}

FP4JIT_DEVICE bool is_nan(float a) {
  return a != a;
}
FP4JIT_DEVICE float flush(float a) {
  return (bits_of(a) & 0x7F800000u) == 0 ? float_of(bits_of(a) & 0x80000000u) : a;
}

FP4JIT_DEVICE float mul_rn(float a, float b) {
  return a * b;
}
FP4JIT_DEVICE float mul_ftz(float a, float b) {
  return flush(flush(a) * flush(b));
}
FP4JIT_DEVICE float fma_rn(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
FP4JIT_DEVICE float div_rn(float a, float b) {
  return a / b;
}
FP4JIT_DEVICE float reciprocal_rn(float a) {
  return 1.0f / a;
}
FP4JIT_DEVICE float reciprocal_approx_ftz(float a) {
  return flush(1.0f / flush(a));
}
FP4JIT_DEVICE float min_rn(float a, float b) {
  return is_nan(a) || b < a ? b : a;
}
FP4JIT_DEVICE float max_rn(float a, float b) {
  return is_nan(a) || b > a ? b : a;
}
FP4JIT_DEVICE float zero_unless_both_ftz(float value, float a, float b) {
  return flush(a) == 0 || flush(b) == 0 ? 0.0f : value;
}
FP4JIT_DEVICE float abs_rn(float a) {
  return float_of(bits_of(a) & 0x7FFFFFFFu);
}
FP4JIT_DEVICE float max_nan(float a, float b) {
  return is_nan(a) || is_nan(b) ? float_of(0x7FFFFFFFu) : max_rn(a, b);
}

FP4JIT_DEVICE void mul_x2_rn(float* pair, float by) {
  for (int i = 0; i < 2; ++i) pair[i] = mul_rn(pair[i], by);
}
FP4JIT_DEVICE void mul_bf16x2_to_f32(u32 word, u32 by, float* pair) {
  pair[0] = float_of(word << 16) * float_of(by << 16);
  pair[1] = float_of(word & 0xFFFF0000u) * float_of(by & 0xFFFF0000u);
}

FP4JIT_DEVICE float f32_from_f16(u32 half_bits) {
  u32 sign = (half_bits & 0x8000u) << 16, magnitude = half_bits & 0x7FFFu;
  constexpr float kTwoToMinus24 = 5.9604644775390625e-08f;
  if (magnitude < 0x400u) {
    return float_of(sign | bits_of(static_cast<float>(magnitude) * kTwoToMinus24));
  }
  u32 exponent_shift = magnitude >= 0x7C00u ? (255u - 31u) << 23 : (127u - 15u) << 23;
  return float_of(sign | ((magnitude << 13) + exponent_shift));
}

// Applies `pick` to the magnitudes of each half, as numbers of 16-bit float type with `infinity`.
template <class Pick>
u32 per_half(u32 a, u32 b, Pick pick) {
  u32 low = pick(a & 0x7FFFu, b & 0x7FFFu), high = pick(a >> 16 & 0x7FFFu, b >> 16 & 0x7FFFu);
  return low | high << 16;
}
// The order of magnitudes of floats is the order of their bits; NaN is above infinity.
inline u32 magnitude_max_nan(u32 a, u32 b, u32 infinity) {
  return a > infinity || b > infinity ? 0x7FFFu : (a > b ? a : b);
}
inline u32 magnitude_max(u32 a, u32 b, u32 infinity) {
  if (a > infinity && b > infinity) return 0x7FFFu;
  if (a > infinity) return b;
  return b > infinity || a > b ? a : b;
}
static constexpr u32 kBf16Infinity = 0x7F80u, kF16Infinity = 0x7C00u;

FP4JIT_DEVICE u32 abs_max_bf16x2(u32 a, u32 b) {
  return per_half(a, b, [](u32 x, u32 y) { return magnitude_max(x, y, kBf16Infinity); });
}
FP4JIT_DEVICE u32 abs_max_nan_bf16x2(u32 a, u32 b) {
  return per_half(a, b, [](u32 x, u32 y) { return magnitude_max_nan(x, y, kBf16Infinity); });
}
FP4JIT_DEVICE u32 abs_max_f16x2(u32 a, u32 b) {
  return per_half(a, b, [](u32 x, u32 y) { return magnitude_max(x, y, kF16Infinity); });
}
FP4JIT_DEVICE u32 abs_max_nan_f16x2(u32 a, u32 b) {
  return per_half(a, b, [](u32 x, u32 y) { return magnitude_max_nan(x, y, kF16Infinity); });
}
FP4JIT_DEVICE u32 max_nan_bf16x2(u32 a, u32 b) {
  return abs_max_nan_bf16x2(a, b);
}
FP4JIT_DEVICE u32 max_nan_f16x2(u32 a, u32 b) {
  return abs_max_nan_f16x2(a, b);
}

// bf16 is the upper half of f32. That f32 rounds first is harmless as long as the addend is not
// small beside the product, and the templates add 2 to less than 2.
FP4JIT_DEVICE u32 fma_bf16(u32 a, u32 b, u32 c) {
  u32 bits = bits_of(fma_rn(float_of(a << 16), float_of(b << 16), float_of(c << 16)));
  return (bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16;
}
FP4JIT_DEVICE u32 fma_bf16x2(u32 a, u32 b, u32 c) {
  u32 high = fma_bf16(a >> 16, b >> 16, c >> 16);
  return fma_bf16(a & 0xFFFFu, b & 0xFFFFu, c & 0xFFFFu) | high << 16;
}
FP4JIT_DEVICE u32 min_u32(u32 a, u32 b) {
  return a < b ? a : b;
}
FP4JIT_DEVICE u32 min_u16x2(u32 a, u32 b) {
  return min_u32(a & 0xFFFFu, b & 0xFFFFu) | min_u32(a >> 16, b >> 16) << 16;
}
FP4JIT_DEVICE u32 min_bf16x2(u32 a, u32 b) {
  return min_u16x2(a, b);
}
FP4JIT_DEVICE u32 shift_in_nibble(u32 low, u32 high) {
  return high << 4 | low >> 28;
}
FP4JIT_DEVICE u32 permute_bytes(u32 a, u32 b, u32 selector) {
  u64 bytes = static_cast<u64>(b) << 32 | a;
  u32 r = 0;
  for (u32 i = 0; i < 4; ++i) {
    r |= static_cast<u32>(bytes >> 8 * (selector >> 4 * i & 7) & 0xFF) << 8 * i;
  }
  return r;
}

// The conversions of the hardware, by comparison with the midpoints between neighbours; ties go to
// the even code.
FP4JIT_DEVICE u32 e2m1_convert(float v) {
  if (is_nan(v)) return 7;
  float a = abs_rn(v);
  u32 code = (a > 0.25f) + (a >= 0.75f) + (a > 1.25f) + (a >= 1.75f) + (a > 2.5f) + (a >= 3.5f) +
             (a > 5.0f);
  return bits_of(v) >> 31 << 3 | code;
}
FP4JIT_DEVICE u32 e2m1x8_mul_rn(const float* v, float by) {
  u32 r = 0;
  for (int i = 0; i < 8; ++i) r |= e2m1_convert(mul_rn(v[i], by)) << 4 * i;
  return r;
}
FP4JIT_DEVICE u32 e2m1x8_mul_ftz(const float* v, float by) {
  u32 r = 0;
  for (int i = 0; i < 8; ++i) r |= e2m1_convert(mul_ftz(v[i], by)) << 4 * i;
  return r;
}
FP4JIT_DEVICE u32 e2m1x8_mul_bf16(const u32* words, u32 by) {
  float values[8];
  for (int i = 0; i < 4; ++i) mul_bf16x2_to_f32(words[i], by, values + 2 * i);
  return e2m1x8_mul_rn(values, 1.0f);
}
FP4JIT_DEVICE u32 e2m1x2_convert(float low, float high) {
  return e2m1_convert(low) | e2m1_convert(high) << 4;
}
FP4JIT_DEVICE u32 e4m3_convert(float v) {
  if (is_nan(v)) return 0x7F;
  u32 sign = bits_of(v) >> 24 & 0x80u;
  float a = abs_rn(v);
  if (a >= 448.0f) return sign | 0x7E;
  // The unit in the last place is 2^-9 for subnormals, else 2^(exponent-3). Adding 1.5*2^23 of them
  // rounds.
  u32 exponent = bits_of(a) >> 23;
  u32 unit_exponent = exponent < 121 ? 118 : exponent - 3;
  float magic = float_of((unit_exponent + 23) << 23) * 1.5f;
  float rounded = (a + magic) - magic;
  if (rounded < 0.015625f) return sign | static_cast<u32>(rounded * 512.0f);
  return sign | ((bits_of(rounded) >> 20) - (120u << 3));
}
FP4JIT_DEVICE u32 e4m3x2_convert(float low, float high) {
  return e4m3_convert(low) | e4m3_convert(high) << 8;
}
inline float f32_from_e4m3_convert(u32 byte) {
  u32 magnitude = byte & 0x7Fu;
  float a = magnitude == 0x7Fu ? float_of(0x7FC00000u)
            : magnitude < 8    ? static_cast<float>(magnitude) * 0.001953125f
                               : float_of((magnitude << 20) + (120u << 23));
  return float_of(bits_of(a) | (byte & 0x80u) << 24);
}
FP4JIT_DEVICE void f32x2_from_e4m3x2_convert(u32 bytes, float* values) {
  for (int i = 0; i < 2; ++i) values[i] = f32_from_e4m3_convert(bytes >> 8 * i & 0xFFu);
}

}  // namespace fp4jit
