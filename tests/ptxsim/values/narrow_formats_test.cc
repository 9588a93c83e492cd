// e2m1, e2m3, e3m2, e4m3, e5m2 and ue8m0 against NVIDIA's host emulation.
#include <gtest/gtest.h>

#include "tests/ptxsim/values/convert.h"
#include "tests/ptxsim/values/nvidia.h"
#include "tests/ptxsim/values/samples.h"

namespace ptxsim {
namespace {

constexpr Mode kFinite = {.satfinite = true};

template <class T>
struct Narrow : testing::Test {
  static constexpr uint32_t kCodes = static_cast<uint32_t>(kFormatOf<T>.sign());
};
using NarrowTypes = testing::Types<E2m1, E2m3, E3m2, E4m3, E5m2>;
TYPED_TEST_SUITE(Narrow, NarrowTypes);

// What the manual has for NaN, where NVIDIA's emulation keeps the sign.
template <class T>
T nan_of();
template <>
E2m1 nan_of() {
  return {0x07};
}
template <>
E2m3 nan_of() {
  return {0x1F};
}
template <>
E3m2 nan_of() {
  return {0x1F};
}
template <>
E4m3 nan_of() {
  return {0x7F};
}
template <>
E5m2 nan_of() {
  return {0x7F};
}

template <class T>
T expected_of(float value) {
  return std::isnan(value) ? nan_of<T>() : nvidia::narrow_of<T>(value);
}

TYPED_TEST(Narrow, EveryCodeHasNvidiasValue) {
  for (uint32_t code = 0; code < 2 * this->kCodes; ++code) {
    const TypeParam narrow{static_cast<uint8_t>(code)};
    EXPECT_EQ((to_element<F16>(narrow, {}).bits), nvidia::f16_of(narrow).bits) << code;
  }
}

TYPED_TEST(Narrow, EveryRoundingBoundaryOfF32) {
  const auto value_of = [](uint32_t code) {
    return static_cast<double>(
        nvidia::float_of(nvidia::f16_of(TypeParam{static_cast<uint8_t>(code)})));
  };
  for (float value : rounding_boundaries(this->kCodes - 1, value_of)) {
    ASSERT_EQ((to_element<TypeParam>(F32{std::bit_cast<uint32_t>(value)}, kFinite).bits),
              expected_of<TypeParam>(value).bits)
        << std::hexfloat << value;
  }
}

TYPED_TEST(Narrow, EveryF16) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const F16 half{static_cast<uint16_t>(bits)};
    ASSERT_EQ((to_element<TypeParam>(half, kFinite).bits),
              expected_of<TypeParam>(nvidia::float_of(half)).bits)
        << bits;
  }
}

TYPED_TEST(Narrow, EveryBf16) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Bf16 half{static_cast<uint16_t>(bits)};
    ASSERT_EQ((to_element<TypeParam>(half, kFinite).bits),
              expected_of<TypeParam>(nvidia::float_of(half)).bits)
        << bits;
  }
}

// .relu: what is negative is +0; NaN is no less than without.
TYPED_TEST(Narrow, ReluOfEveryF16) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const F16 half{static_cast<uint16_t>(bits)};
    const float value = nvidia::float_of(half);
    const bool negative = std::signbit(value) && !std::isnan(value);
    ASSERT_EQ((to_element<TypeParam>(half, {.relu = true, .satfinite = true}).bits),
              negative ? 0 : expected_of<TypeParam>(value).bits)
        << bits;
  }
}

TYPED_TEST(Narrow, ReluOfNanOfEitherSign) {
  for (uint32_t bits : {0x7FC00000u, 0xFFC00000u}) {
    EXPECT_EQ((to_element<TypeParam>(F32{bits}, {.relu = true, .satfinite = true})),
              nan_of<TypeParam>());
  }
}

TEST(Scale, EveryCodeHasNvidiasValue) {
  for (uint32_t code = 0; code < 256; ++code) {
    const Ue8m0 scale{static_cast<uint8_t>(code)};
    EXPECT_EQ((to_element<Bf16>(scale, {}).bits), nvidia::bf16_of(scale).bits) << code;
  }
}

TEST(Scale, EveryBf16) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    for (Rounding rounding : {Rounding::kZero, Rounding::kUp}) {
      for (bool satfinite : {false, true}) {
        const Bf16 half{static_cast<uint16_t>(bits)};
        ASSERT_EQ((to_element<Ue8m0>(half, {.rounding = rounding, .satfinite = satfinite}).bits),
                  nvidia::scale_of(half, rounding, satfinite).bits)
            << std::hex << bits << " " << int(rounding) << satfinite;
      }
    }
  }
}

TEST(Scale, EveryRoundingBoundaryOfF32) {
  const auto value_of = [](uint32_t code) {
    return static_cast<double>(
        nvidia::float_of(nvidia::bf16_of(Ue8m0{static_cast<uint8_t>(code)})));
  };
  for (float value : rounding_boundaries(254, value_of)) {
    for (Rounding rounding : {Rounding::kZero, Rounding::kUp}) {
      for (bool satfinite : {false, true}) {
        const F32 wide{std::bit_cast<uint32_t>(value)};
        ASSERT_EQ((to_element<Ue8m0>(wide, {.rounding = rounding, .satfinite = satfinite}).bits),
                  nvidia::scale_of(value, rounding, satfinite).bits)
            << std::hexfloat << value << " " << int(rounding) << satfinite;
      }
    }
  }
}

}  // namespace
}  // namespace ptxsim
