// What: torchao's recipes, step by step as its nvfp4_quantize and to_mx compute them in f32 on a
// CPU. Threads: pure. Each line of arithmetic is one of its tensor operations; see host/recipe.h.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "host/recipe.h"

namespace fp4jit::host {

// torchao's per_tensor_scale decodes: it is the global scale's inverse, or what scale=inverse
// gives. Its scale factors are never below the least normal E4M3 number, those of zeros included.
template <>
class Recipe<Format::kNvfp4, Numerics::kTorchao> {
 public:
  explicit Recipe(const RecipeArguments& arguments)
      : per_tensor_scale_(arguments.scale == Scale::kInverse ? arguments.global_scale
                                                             : 1.0f / arguments.global_scale),
        encode_scale_(1.0f / per_tensor_scale_) {}

  BlockScale scale(float amax) const {
    constexpr float kLeast = 0x1p-6f;
    const float unrounded = amax / 6.0f / per_tensor_scale_;
    const uint8_t sf = e4m3_from_float(unrounded < kLeast ? kLeast : unrounded);  // NaN stays
    return {sf, encode_scale_ / float_from_e4m3(sf)};
  }

 private:
  float per_tensor_scale_;
  float encode_scale_;
};

// What the MX recipes know of their elements.
struct MxElement {
  float maximum;
  int32_t exponent;  // of the maximum
  int32_t mantissa_bits;
};
template <Format kFormat>
inline constexpr MxElement kMxElement =
    kFormat == Format::kMxfp8 ? MxElement{448.0f, 8, 3} : MxElement{6.0f, 2, 1};

// What is added to a maximum's bits so that cutting its mantissa off rounds as the mode says: even
// carries where rounding to the element's mantissa would.
constexpr int32_t rounding_carry(Ue8m0 mode, const MxElement& element) {
  switch (mode) {
    case Ue8m0::kCeil:
      return kMantissaMask;
    case Ue8m0::kEven:
      return 1 << (kMantissaBits - element.mantissa_bits - 1);
    case Ue8m0::kFloor:
    case Ue8m0::kRceil:
      break;
  }
  return 0;
}

// The modes but rceil take the maximum's own exponent, rounded; rceil that of maximum / the
// greatest element, rounded up. A NaN maximum gives byte 255, which rceil multiplies by and the
// others divide by as by infinity.
template <Format kFormat>
class Recipe<kFormat, Numerics::kTorchao> {
 public:
  explicit Recipe(const RecipeArguments& arguments)
      : is_rceil_(arguments.ue8m0 == Ue8m0::kRceil),
        carry_(rounding_carry(arguments.ue8m0, kMxElement<kFormat>)) {}

  BlockScale scale(float amax) const {
    const int32_t bits = std::bit_cast<int32_t>(amax);
    if (bits > kInfinityBits) {
      return {kUe8m0Nan, is_rceil_ ? std::numeric_limits<float>::quiet_NaN() : 0.0f};
    }
    return is_rceil_ ? divided(amax) : shifted(bits);
  }

 private:
  static BlockScale divided(float amax) {
    const uint8_t sf = ue8m0_round_up(amax / kMxElement<kFormat>.maximum);
    if (sf == 0) return {sf, 1.0f};
    return {sf, sf == kUe8m0Max ? 0x1p-127f : ue8m0_reciprocal(sf)};
  }

  // Byte 0 divides by the least normal number, as byte 1 does.
  BlockScale shifted(int32_t bits) const {
    const int32_t exponent = ((bits + carry_) >> kMantissaBits) - kMxElement<kFormat>.exponent;
    const auto sf = static_cast<uint8_t>(std::max(exponent, 0));
    return {sf, ue8m0_reciprocal(std::max<uint8_t>(sf, 1))};
  }

  bool is_rceil_;
  int32_t carry_;
};

}  // namespace fp4jit::host
