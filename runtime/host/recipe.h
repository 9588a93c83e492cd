// What: from a block's maximum to its scale factor and the multiplier of its elements, and from a
// multiplied element to its code: one recipe per format and numerics; torchao's stand in
// host/torchao_recipe.h.
// Threads: pure.
// Each line of arithmetic is one correctly rounded f32 operation, and their order is part of the
// numerics: no rewriting, no contraction (the build says -ffp-contract=off).
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "host/e2m1.h"
#include "host/e4m3.h"
#include "host/flush_to_zero.h"
#include "host/ue8m0.h"
#include "spec/fields.h"

namespace fp4jit::host {

inline constexpr float kOneSixth = std::bit_cast<float>(0x3e2aaaab);  // 1 / the greatest E2M1
inline constexpr float kOne448th = std::bit_cast<float>(0x3b124925);  // 1 / the greatest E4M3

struct BlockScale {
  uint8_t sf;
  float multiplier;
};

// What a recipe needs of a call beside its elements.
struct RecipeArguments {
  float global_scale;  // as `scale` says; not read by MX
  Scale scale;
  Ue8m0 ue8m0;
};

// E4M3 of a value held within ±448 first, which makes 448 of NaN.
constexpr uint8_t clamped_e4m3_from_float(float value) {
  constexpr float kMost = 448.0f;
  const float above = value < kMost ? value : kMost;
  return e4m3_from_float(above > -kMost ? above : -kMost);
}

// What one number does to another under each numerics, whether a NaN is the maximum of its block,
// and how an element becomes E4M3.
template <Numerics>
struct Arithmetic;

template <>
struct Arithmetic<Numerics::kExact> {
  static constexpr bool kNanWins = false;
  static constexpr float multiply(float a, float b) { return a * b; }
  static constexpr uint8_t e4m3(float value) { return clamped_e4m3_from_float(value); }
};

template <>
struct Arithmetic<Numerics::kTrtllm> {
  static constexpr bool kNanWins = false;  // but see block_maximum
  static constexpr float multiply(float a, float b) { return multiply_ftz(a, b); }
  static constexpr uint8_t e4m3(float value) { return clamped_e4m3_from_float(value); }
};

template <>
struct Arithmetic<Numerics::kTorchao> {
  static constexpr bool kNanWins = true;
  static constexpr float multiply(float a, float b) { return a * b; }
  static constexpr uint8_t e4m3(float value) { return e4m3_from_float(value); }
};

template <Format, Numerics>
class Recipe;

// The strict formula, Transformer Engine's: a scale that rounds to zero gives a finite multiplier.
template <>
class Recipe<Format::kNvfp4, Numerics::kExact> {
 public:
  explicit Recipe(const RecipeArguments& arguments)
      : scaled_sixth_(arguments.global_scale * kOneSixth),
        decode_scale_(1.0f / arguments.global_scale) {}

  BlockScale scale(float amax) const {
    if (amax == 0.0f) return {0, 0.0f};
    const uint8_t sf = e4m3_from_float(amax * scaled_sixth_);
    const float multiplier = 1.0f / (float_from_e4m3(sf) * decode_scale_);
    constexpr float kMost = std::numeric_limits<float>::max();
    return {sf, multiplier < kMost ? multiplier : kMost};  // NaN gives kMost
  }

 private:
  float scaled_sixth_;
  float decode_scale_;
};

// The fast path, with one repair: a scale that rounds to zero gives codes of zero, where the
// original multiplies by infinity.
template <>
class Recipe<Format::kNvfp4, Numerics::kTrtllm> {
 public:
  explicit Recipe(const RecipeArguments& arguments)
      : global_scale_(arguments.global_scale),
        decode_scale_(reciprocal_ftz(arguments.global_scale)) {}

  BlockScale scale(float amax) const {
    const uint8_t sf = e4m3_from_float(multiply_ftz(global_scale_, multiply_ftz(amax, kOneSixth)));
    const float decoded = float_from_e4m3(sf);
    if (is_zero_ftz(amax) || decoded == 0.0f) return {sf, 0.0f};
    return {sf, reciprocal_ftz(multiply_ftz(decoded, decode_scale_))};
  }

 private:
  float global_scale_;
  float decode_scale_;
};

// MX scales are powers of two. Byte 0 stands for a subnormal and 254 has a subnormal reciprocal:
// blocks of either have codes of zero. Byte 255 is a NaN maximum, which only trtllm has: its mxfp4
// makes zeros of such a block, its mxfp8 NaNs.
template <Format kFormat, Numerics kNumerics>
class Recipe {
 public:
  explicit Recipe(const RecipeArguments&) {}

  BlockScale scale(float amax) const {
    constexpr bool kIsMxfp8 = kFormat == Format::kMxfp8;
    const uint8_t sf =
        ue8m0_round_up(Arithmetic<kNumerics>::multiply(amax, kIsMxfp8 ? kOne448th : kOneSixth));
    if (kIsMxfp8 && sf == kUe8m0Nan) return {sf, std::numeric_limits<float>::quiet_NaN()};
    if (sf == 0 || sf >= kUe8m0Max) return {sf, 0.0f};
    return {sf, ue8m0_reciprocal(sf)};
  }
};

}  // namespace fp4jit::host
