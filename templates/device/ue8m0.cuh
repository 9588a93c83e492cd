// What: UE8M0 scales: a power of two 2^(byte-127), from amax over the element maximum (rceil), or
// from the exponents of both (floor, ceil, even).
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

// An MX format's greatest element.
struct ElementMaximum {
  u32 exponent, mantissa_bits;
  float value;
  u32 reciprocal_bits;  // 1/value, a float
};
template <Format format>
static constexpr ElementMaximum kElementMaximum =
    format == Format::kMxfp8 ? ElementMaximum{8, 3, 448.0f, 0x3B124925u}
                             : ElementMaximum{2, 1, 6.0f, 0x3E2AAAABu};

// How the byte follows from amax by integers alone: the exponent of amax, after this was added to
// its bits, less the maximum's. rceil carries where the mantissa of amax is above the maximum's (6
// is 1.5 * 2^2, 448 is 1.75 * 2^8): the same as rounding amax / maximum or amax * (1/maximum) up,
// for every amax whose byte is at least 3; see tests/kernels. even carries where rounding amax to
// the element's mantissa does.
template <Format format, Ue8m0 mode>
static constexpr u32 kUe8m0Carry =
    mode == Ue8m0::kFloor      ? 0u
    : mode == Ue8m0::kCeil     ? 0x7FFFFFu
    : mode == Ue8m0::kEven     ? 1u << (22 - kElementMaximum<format>.mantissa_bits)
    : format == Format::kMxfp8 ? 0x1FFFFFu
                               : 0x3FFFFFu;

// The byte for an amax of these bits; 0 for amax 0. Exact to byte 253, for rceil from byte 3.
template <Format format, Ue8m0 mode>
FP4JIT_DEVICE u32 ue8m0_from_amax_bits(u32 amax_bits) {
  constexpr u32 kExponent = kElementMaximum<format>.exponent;
  u32 exponent = (amax_bits + kUe8m0Carry<format, mode>) >> 23;
  return exponent < kExponent ? 0 : exponent - kExponent;
}

// The least amax bits whose byte is `byte`.
template <Format format, Ue8m0 mode, u32 byte>
static constexpr u32 kFirstAmaxBits =
    ((byte + kElementMaximum<format>.exponent) << 23) - kUe8m0Carry<format, mode>;

}  // namespace fp4jit
