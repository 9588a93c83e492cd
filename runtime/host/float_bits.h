// What: the parts of an f32's bits, as signed numbers: magnitudes then compare like the values.
#pragma once

#include <cstdint>

namespace fp4jit::host {

inline constexpr int32_t kMagnitudeMask = 0x7fffffff;
inline constexpr int32_t kInfinityBits =
    0x7f800000;  // also the exponent's mask; above it lie the NaNs
inline constexpr int32_t kMantissaMask = 0x007fffff;
inline constexpr int kMantissaBits = 23;

}  // namespace fp4jit::host
