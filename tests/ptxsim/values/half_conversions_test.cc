// f16 and bf16 from and to f32, f64 and integers against NVIDIA's host emulation.
#include <gtest/gtest.h>

#include "tests/ptxsim/values/convert.h"
#include "tests/ptxsim/values/nvidia.h"
#include "tests/ptxsim/values/samples.h"

namespace ptxsim {
namespace {

constexpr Rounding kRoundings[] = {Rounding::kNearest, Rounding::kZero, Rounding::kDown,
                                   Rounding::kUp};

template <class T>
T half(uint32_t bits) {
  return T{static_cast<uint16_t>(bits)};
}

template <class T>
struct Half : testing::Test {};
using HalfTypes = testing::Types<F16, Bf16>;
TYPED_TEST_SUITE(Half, HalfTypes);

template <class T>
std::vector<float> boundaries_of() {
  constexpr auto kFinite = static_cast<uint32_t>(kFormatOf<T>.greatest());
  return rounding_boundaries(
      kFinite, [](uint32_t code) { return static_cast<double>(nvidia::float_of(half<T>(code))); });
}

TYPED_TEST(Half, EveryRoundingBoundaryOfF32) {
  for (float value : boundaries_of<TypeParam>()) {
    for (Rounding rounding : kRoundings) {
      const F32 wide{std::bit_cast<uint32_t>(value)};
      ASSERT_EQ((float_to_float<TypeParam>(wide, {.rounding = rounding}).bits),
                nvidia::half_of<TypeParam>(value, rounding).bits)
          << std::hexfloat << value << " " << int(rounding);
    }
  }
}

// A double next to a boundary, which a rounding by way of f32 would miss.
TYPED_TEST(Half, EveryRoundingBoundaryOfF64) {
  for (float value : boundaries_of<TypeParam>()) {
    for (double near : {std::nextafter(double{value}, -HUGE_VAL), double{value},
                        std::nextafter(double{value}, HUGE_VAL)}) {
      const F64 wide{std::bit_cast<uint64_t>(near)};
      ASSERT_EQ((float_to_float<TypeParam>(wide, {}).bits), nvidia::half_of<TypeParam>(near).bits)
          << std::hexfloat << near;
    }
  }
}

TEST(HalfValues, EveryF16) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const F16 value = half<F16>(bits);
    ASSERT_EQ((float_to_float<F32>(value, {}).bits),
              std::bit_cast<uint32_t>(nvidia::float_of(value)))
        << bits;
  }
}

TEST(HalfValues, EveryBf16) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Bf16 value = half<Bf16>(bits);
    ASSERT_EQ(bf16_to_f32(value, false).bits, std::bit_cast<uint32_t>(nvidia::float_of(value)))
        << bits;
    const bool subnormal = (bits & 0x7F80) == 0;
    ASSERT_EQ(bf16_to_f32(value, true).bits, (subnormal ? bits & 0x8000 : bits) << 16) << bits;
  }
}

// Beyond the greatest number: infinity, the greatest one, or whichever the rounding allows. .relu
// makes zero of the negative ones.
TEST(HalfValues, ClampsOfF16) {
  const auto from = [](float value, Mode mode) {
    return float_to_float<F16>(F32{std::bit_cast<uint32_t>(value)}, mode).bits;
  };
  const float infinity = HUGE_VALF;
  EXPECT_EQ(from(65520, {}), 0x7C00);
  EXPECT_EQ(from(65520, {.satfinite = true}), 0x7BFF);
  EXPECT_EQ(from(-infinity, {.satfinite = true}), 0xFBFF);
  EXPECT_EQ(from(infinity, {.rounding = Rounding::kZero}), 0x7C00);
  EXPECT_EQ(from(infinity, {.rounding = Rounding::kZero, .satfinite = true}), 0x7BFF);
  EXPECT_EQ(from(-1, {.relu = true}), 0);
  EXPECT_EQ(from(-0.0f, {.relu = true}), 0);
  EXPECT_EQ(from(1, {.relu = true}), 0x3C00);
  EXPECT_EQ(from(-infinity, {.relu = true, .satfinite = true}), 0);
  EXPECT_EQ(from(NAN, {.relu = true, .satfinite = true}), 0x7FFF);
  EXPECT_EQ(from(NAN, {.sat = true}), 0);
  EXPECT_EQ(from(1.5f, {.sat = true}), 0x3C00);
  EXPECT_EQ(from(-1.5f, {.sat = true}), 0);
  EXPECT_EQ(from(0.5f, {.sat = true}), 0x3800);
  // A subnormal f32 is above zero unless it is flushed.
  EXPECT_EQ(from(0x1p-130f, {.rounding = Rounding::kUp}), 1);
  EXPECT_EQ(from(0x1p-130f, {.rounding = Rounding::kUp, .ftz = true}), 0);
  EXPECT_EQ(from(-0x1p-130f, {.rounding = Rounding::kDown, .ftz = true}), 0x8000);
}

template <class T>
struct Integers : testing::Test {};
using IntegerTypes = testing::Types<int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t>;
TYPED_TEST_SUITE(Integers, IntegerTypes);

// All of 16 bits; of more: powers of two, those plus every 11-bit number of lower bits, neighbours.
template <class T>
std::vector<T> integers() {
  std::vector<T> values;
  for (int64_t low = 0; low < 0x10000; ++low) values.push_back(static_cast<T>(low));
  for (int shift = 1; shift < int(sizeof(T)) * 8; ++shift) {
    for (uint64_t high = 0; high < 0x2000; ++high) {
      const uint64_t value = high << shift;
      for (uint64_t near : {value - 1, value, value + 1}) {
        values.push_back(static_cast<T>(near));
        values.push_back(static_cast<T>(~near));
      }
    }
  }
  return values;
}

TYPED_TEST(Integers, ToF16) {
  for (TypeParam value : integers<TypeParam>()) {
    for (Rounding rounding : kRoundings) {
      ASSERT_EQ((integer_to_float<F16>(value, {.rounding = rounding}).bits),
                nvidia::f16_of_integer(value, rounding).bits)
          << value << " " << int(rounding);
    }
  }
}

TYPED_TEST(Integers, ToBf16) {
  for (TypeParam value : integers<TypeParam>()) {
    ASSERT_EQ((integer_to_float<Bf16>(value, {}).bits), nvidia::bf16_of_integer(value).bits)
        << value;
  }
}

// To f32 and f64 the host's own conversion rounds to nearest.
TYPED_TEST(Integers, ToF32AndF64) {
  for (TypeParam value : integers<TypeParam>()) {
    ASSERT_EQ((integer_to_float<F32>(value, {}).bits),
              std::bit_cast<uint32_t>(static_cast<float>(value)))
        << value;
    ASSERT_EQ((integer_to_float<F64>(value, {}).bits),
              std::bit_cast<uint64_t>(static_cast<double>(value)))
        << value;
  }
}

template <class T>
struct ToIntegers : testing::Test {};
using ToIntegerTypes =
    testing::Types<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t>;
TYPED_TEST_SUITE(ToIntegers, ToIntegerTypes);

TYPED_TEST(ToIntegers, OfEveryHalf) {
  constexpr Mode kTowardZero = {.rounding = Rounding::kZero};
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const F16 f16 = half<F16>(bits);
    ASSERT_EQ((float_to_integer<TypeParam>(f16, kTowardZero)), nvidia::integer_of<TypeParam>(f16))
        << bits;
    const Bf16 bf16 = half<Bf16>(bits);
    ASSERT_EQ((float_to_integer<TypeParam>(bf16, kTowardZero)), nvidia::integer_of<TypeParam>(bf16))
        << bits;
  }
}

}  // namespace
}  // namespace ptxsim
