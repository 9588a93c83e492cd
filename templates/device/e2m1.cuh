// What: floats to E2M1 codes, eight at a time, the first in the lowest nibble.
//
// Without an instruction, rounding is done by addition. The code of a = |x| before rounding is a
// concave piecewise-linear function, min(2a, a+2, a/2+4); rounding to nearest even is monotone, so
//   code = min(RNE(2a), RNE(a)+2, RNE(a/2)+4),
// and each term is one fused multiply-add against 2^23, whose last bit is worth one and even: a tie
// goes to the even code. Taking the minimum before rounding would be wrong, since a+2 need not be
// representable.
#pragma once

#include "device/convert.cuh"

namespace fp4jit {

// The codes in the low three bits of each, above the bits of 2^23. `unit` is a power of two: a =
// |x|/unit.
template <int sm>
FP4JIT_DEVICE u32 e2m1_lines(float x, float one_over_unit) {
  constexpr float kTwoTo23 = 8388608.0f;
  float a = abs_rn(x);
  u32 fine = bits_of(fma_rn(a, 2.0f * one_over_unit, kTwoTo23));
  u32 middle = bits_of(fma_rn(a, one_over_unit, kTwoTo23 + 2.0f));
  u32 coarse = bits_of(fma_rn(a, 0.5f * one_over_unit, kTwoTo23 + 4.0f));
  return min_u32(min_u32(fine, middle), coarse);  // one instruction where kHasMin3<sm>
}

// Any value: saturates at 6; NaN gives 7.
template <int sm>
FP4JIT_DEVICE u32 e2m1_by_integers(float x) {
  u32 code = e2m1_lines<sm>(min_rn(abs_rn(x), 6.0f), 1.0f) & 7u;
  return x != x ? 7u : code | (bits_of(x) >> 31) << 3;
}

template <int sm>
FP4JIT_DEVICE u32 e2m1x2(float low, float high) {
  if constexpr (kHasFp4Convert<sm>) return e2m1x2_convert(low, high);
  if constexpr (!kHasFp4Convert<sm>)
    return e2m1_by_integers<sm>(low) | e2m1_by_integers<sm>(high) << 4;
}

// How far the scaled elements of e2m1x8_small and e2m1x8_bf16 go. At 7 the lines above reach 8,
// which would run into the neighbour's bits: kBelow8 holds them at 7. NaN is not allowed.
enum class Reach { kBelow7, kBelow8 };

// The small values of e2m1x8_small: x * 2^-98, so that the upper nibble of the float is its sign
// and three zeros, and one shift brings the sign in and makes room for the code.
FP4JIT_DEVICE float times_small_unit(float value) {
  return mul_rn(value, 3.155443620884047e-30f);
}

template <int sm, Reach reach>
FP4JIT_DEVICE u32 e2m1x8_small(const float* small_values) {
  constexpr float kTwoTo98 = 3.1691265005705735e+29f;
  constexpr u32 kSeven = 0x4B000007u;
  u32 codes = 0;
#pragma unroll
  for (int i = 7; i >= 0; --i) {
    u32 line = e2m1_lines<sm>(small_values[i], kTwoTo98);
    if constexpr (reach == Reach::kBelow8) line = min_u32(line, kSeven);
    codes = shift_in_nibble(bits_of(small_values[i]), codes) + line;
  }
  // Each element added 2^23's bits (0x4B000000) four bits further left than the last.
  constexpr u32 kAddedBits = 0xFB000000u;
  return codes - kAddedBits;
}

// A power-of-two multiplier for e2m1x8_bf16: bf16 pairs of 2^-5, 2^-6 and 2^-7 times it.
struct Bf16Multiplier {
  u32 fine, middle, coarse;
};

// `exponent` is the multiplier's biased one; from 8, since the constants must be normal numbers.
FP4JIT_DEVICE Bf16Multiplier bf16_multiplier(u32 exponent) {
  u32 pair = (exponent << 7) * 0x10001u;
  constexpr u32 kHalve = 0x00800080u;
  return {pair - 5 * kHalve, pair - 6 * kHalve, pair - 7 * kHalve};
}

// Two numbers of 2 and more, where the order is that of the bits.
template <int sm>
FP4JIT_DEVICE u32 min_lines(u32 a, u32 b) {
  if constexpr (kHasMin3<sm>) return min_u16x2(a, b);
  if constexpr (!kHasMin3<sm>) return min_bf16x2(a, b);
}

// Four words of two bf16 each, times the multiplier: the same three lines in packed bf16, in units
// of 2^-6 above 2.0.
template <int sm, Reach reach>
FP4JIT_DEVICE u32 e2m1x8_bf16(const u32* words, Bf16Multiplier by) {
  u32 lines[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    u32 a = words[i] & 0x7FFF7FFFu;
    u32 fine = fma_bf16x2(a, by.fine, 0x40004000u);
    u32 middle = fma_bf16x2(a, by.middle, 0x40024002u);
    u32 coarse = fma_bf16x2(a, by.coarse, 0x40044004u);
    lines[i] = min_lines<sm>(min_lines<sm>(fine, middle), coarse);
    if constexpr (reach == Reach::kBelow8) lines[i] = min_lines<sm>(lines[i], 0x40074007u);
  }
  // Bytes of a pair of words: elements 0 2 1 3; the code in the low three bits, the sign from the
  // input.
  u32 low = lines[1] * 256u + lines[0], high = lines[3] * 256u + lines[2];
  u32 low_signs = permute_bytes(words[0], words[1], 0x7351);
  u32 high_signs = permute_bytes(words[2], words[3], 0x7351);
  low = (low_signs >> 4 & 0x08080808u) | (low & 0x07070707u);
  high = (high_signs >> 4 & 0x08080808u) | (high & 0x07070707u);
  u32 even = permute_bytes(low, high, 0x5410), odd = permute_bytes(low, high, 0x7632);
  return odd * 16u + even;
}

}  // namespace fp4jit
