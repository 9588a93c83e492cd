// What: an input's elements as bits: their exact f32 value, and a key that orders their magnitudes.
// Threads: pure. Branch-free, so that a loop over an array becomes vector code.
#pragma once

#include <bit>
#include <cstdint>

#include "base/dtype.h"
#include "host/float_bits.h"

namespace fp4jit::host {

// Bits: the element as stored. Key: a signed number of the same width, for magnitudes.
template <Dtype>
struct Element;

template <>
struct Element<Dtype::kF32> {
  using Bits = uint32_t;
  using Key = int32_t;
  static constexpr Key kInfinity = kInfinityBits;

  static constexpr float to_float(Bits bits) { return std::bit_cast<float>(bits); }
};

template <>
struct Element<Dtype::kBf16> {
  using Bits = uint16_t;
  using Key = int16_t;
  static constexpr Key kInfinity = 0x7f80;

  static constexpr float to_float(Bits bits) {
    return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
  }
};

template <>
struct Element<Dtype::kF16> {
  using Bits = uint16_t;
  using Key = int16_t;
  static constexpr Key kInfinity = 0x7c00;

  static constexpr float to_float(Bits bits) {
    constexpr int kWiden = kMantissaBits - 10;
    constexpr int32_t kLeastNormal = 1 << 10;
    const int32_t magnitude = bits & 0x7fff;
    const int32_t rebias = magnitude < kInfinity ? 127 - 15 : 255 - 31;
    const int32_t normal = (magnitude << kWiden) + (rebias << kMantissaBits);
    // A subnormal is the mantissa of a float of [2^-14, 2^-13), less its leading one.
    const float lifted =
        std::bit_cast<float>((magnitude << kWiden) + std::bit_cast<int32_t>(0x1p-14f));
    const int32_t subnormal = std::bit_cast<int32_t>(lifted - 0x1p-14f);
    const int32_t sign = static_cast<int32_t>(static_cast<uint32_t>(bits & 0x8000) << 16);
    return std::bit_cast<float>((magnitude < kLeastNormal ? subnormal : normal) | sign);
  }
};

inline constexpr int kNanKey = -1;  // below every magnitude: a maximum leaves NaNs out

// Where NaN wins it has its own bits, above infinity's.
template <Dtype kIn, bool kNanWins>
constexpr typename Element<kIn>::Key magnitude_key(typename Element<kIn>::Bits bits) {
  using Key = typename Element<kIn>::Key;
  constexpr typename Element<kIn>::Bits kSign = 1u << (8 * sizeof(Key) - 1);
  const Key magnitude = static_cast<Key>(bits & static_cast<typename Element<kIn>::Bits>(~kSign));
  const bool is_lost = !kNanWins && magnitude > Element<kIn>::kInfinity;
  return is_lost ? static_cast<Key>(kNanKey) : magnitude;
}

}  // namespace fp4jit::host
