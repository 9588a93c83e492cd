// What: UE8M0 scales: a power of two 2^(byte-127), rounded up from amax over the element maximum.
#pragma once

#include "device/convert.cuh"

namespace fp4jit {

// The byte of a non-negative float, rounded up, at most 254; NaN gives 255.
FP4JIT_DEVICE u32 ue8m0_up(float value) {
  u32 bits = bits_of(value) & 0x7FFFFFFFu;
  constexpr u32 kInfinity = 0x7F800000u, kTwoToMinus127 = 0x00400000u;
  if (bits > kInfinity) return 255;
  if (bits <= kTwoToMinus127) return 0;
  return min_u32((bits + 0x7FFFFFu) >> 23, 254u);
}

// How the byte follows from amax by integers alone. amax / maximum has its exponent rounded up
// where the mantissa of amax is above the maximum's (6 is 1.5 * 2^2, 448 is 1.75 * 2^8). The same
// as rounding up amax * (1/maximum) for every amax whose byte is at least 3; see tests/kernels.
struct Ue8m0Rounding {
  u32 below_carry, exponent;
  u32 reciprocal_bits;  // 1/448 or 1/6, a float
};
template <Format format>
static constexpr Ue8m0Rounding kUe8m0Rounding =
    format == Format::kMxfp8 ? Ue8m0Rounding{0x1FFFFFu, 8, 0x3B124925u}
                             : Ue8m0Rounding{0x3FFFFFu, 2, 0x3E2AAAABu};

// The byte for an amax of these bits; 0 for amax 0. Exact from byte 3 to byte 253.
template <Format format>
FP4JIT_DEVICE u32 ue8m0_from_amax_bits(u32 amax_bits) {
  constexpr Ue8m0Rounding kRounding = kUe8m0Rounding<format>;
  u32 exponent = (amax_bits + kRounding.below_carry) >> 23;
  return exponent < kRounding.exponent ? 0 : exponent - kRounding.exponent;
}

// The least amax bits whose byte is `byte`.
template <Format format, u32 byte>
static constexpr u32 kFirstAmaxBits =
    ((byte + kUe8m0Rounding<format>.exponent) << 23) - kUe8m0Rounding<format>.below_carry;

}  // namespace fp4jit
