// Comparisons, min and max: halves against NVIDIA's host emulation, f32 against the manual's text.
#include "tests/ptxsim/values/compare.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/ptxsim/values/nvidia.h"
#include "tests/ptxsim/values/samples.h"

namespace ptxsim {
namespace {

constexpr const char* kNames[] = {"eq",  "ne",  "lt",  "le",  "gt",  "ge",
                                  "equ", "neu", "ltu", "leu", "gtu", "geu"};

template <class T>
T half(uint32_t bits) {
  return T{static_cast<uint16_t>(bits)};
}

template <class T>
struct HalfComparison : testing::Test {
  static std::vector<T> seconds() {
    std::vector<T> all;
    for (uint32_t bits : {0u, 1u, 0x007Fu, 0x0080u, 0x03FFu, 0x0400u, 0x3C00u, 0x3F80u, 0x7BFFu,
                          0x7C00u, 0x7C01u, 0x7F7Fu, 0x7F80u, 0x7F81u, 0x7FFFu}) {
      all.push_back(half<T>(bits));
      all.push_back(half<T>(bits | 0x8000));
    }
    return all;
  }
};
using HalfTypes = testing::Types<F16, Bf16>;
TYPED_TEST_SUITE(HalfComparison, HalfTypes);

TYPED_TEST(HalfComparison, AsNvidiasEmulation) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const TypeParam a = half<TypeParam>(bits);
    for (TypeParam b : this->seconds()) {
      for (int i = 0; i < 12; ++i) {
        ASSERT_EQ(holds(static_cast<Comparison>(i), a, b, false),
                  nvidia::Halves<TypeParam>::holds(kNames[i], a, b))
            << kNames[i] << " " << bits << " " << b.bits;
      }
    }
  }
}

TYPED_TEST(HalfComparison, ExtremesAsNvidiasEmulation) {
  using Nvidia = nvidia::Halves<TypeParam>;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const TypeParam a = half<TypeParam>(bits);
    for (TypeParam b : this->seconds()) {
      const ExtremeMode nan = {.nan = true};
      ASSERT_EQ(min_or_max(Extreme::kMin, a, b, {}).bits, Nvidia::min(a, b).bits) << bits;
      ASSERT_EQ(min_or_max(Extreme::kMax, a, b, {}).bits, Nvidia::max(a, b).bits) << bits;
      // Of two zeros the emulation of these takes the first, the instruction -0 or +0 (below).
      if (((a.bits | b.bits) & 0x7FFF) == 0) continue;
      ASSERT_EQ(min_or_max(Extreme::kMin, a, b, nan).bits, Nvidia::min_nan(a, b).bits) << bits;
      ASSERT_EQ(min_or_max(Extreme::kMax, a, b, nan).bits, Nvidia::max_nan(a, b).bits) << bits;
    }
  }
}

TYPED_TEST(HalfComparison, ZerosHaveAnOrder) {
  const TypeParam plus{0x0000}, minus{0x8000};
  for (const ExtremeMode& mode : {ExtremeMode{}, ExtremeMode{.nan = true}}) {
    EXPECT_EQ(min_or_max(Extreme::kMin, plus, minus, mode), minus);
    EXPECT_EQ(min_or_max(Extreme::kMin, minus, plus, mode), minus);
    EXPECT_EQ(min_or_max(Extreme::kMax, plus, minus, mode), plus);
    EXPECT_EQ(min_or_max(Extreme::kMax, minus, plus, mode), plus);
  }
}

// The magnitude is that of the magnitudes' extreme, the sign the exclusive or of the operands'.
TYPED_TEST(HalfComparison, ExtremesOfMagnitudes) {
  using Nvidia = nvidia::Halves<TypeParam>;
  const ExtremeMode mode = {.nan = true, .abs = true, .xorsign = true};
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const TypeParam a = half<TypeParam>(bits);
    for (TypeParam b : this->seconds()) {
      const TypeParam magnitude = Nvidia::max_nan(Nvidia::abs(a), Nvidia::abs(b));
      const bool nan = (magnitude.bits & 0x7FFF) > kFormatOf<TypeParam>.infinity();
      const uint32_t sign = nan ? 0 : (a.bits ^ b.bits) & 0x8000;
      ASSERT_EQ(min_or_max(Extreme::kMax, a, b, mode).bits, magnitude.bits | sign) << bits;
    }
  }
}

F32 f32(float value) {
  return {std::bit_cast<uint32_t>(value)};
}
const F32 kNan = {0x7F812345};

// eq ne lt le gt ge equ neu ltu leu gtu geu num nan
std::string all_of(F32 a, F32 b, bool ftz) {
  std::string text;
  for (int i = 0; i < 14; ++i) text += holds(static_cast<Comparison>(i), a, b, ftz) ? '1' : '0';
  return text;
}

TEST(FloatComparison, OfNumbersAndNan) {
  EXPECT_EQ(all_of(f32(1), f32(1), false), "10010110010110");
  EXPECT_EQ(all_of(f32(1), f32(2), false), "01110001110010");
  EXPECT_EQ(all_of(f32(2), f32(-2), false), "01001101001110");
  EXPECT_EQ(all_of(f32(-2), f32(-1), false), "01110001110010");
  EXPECT_EQ(all_of(f32(0), f32(-0.0f), false), "10010110010110");
  EXPECT_EQ(all_of(f32(HUGE_VALF), f32(HUGE_VALF), false), "10010110010110");
  for (const auto& [a, b] : {std::pair(kNan, f32(1)), {f32(1), kNan}, {kNan, kNan}}) {
    EXPECT_EQ(all_of(a, b, false), "00000011111101");
  }
  EXPECT_EQ(all_of(f32(0x1p-127f), f32(-0x1p-149f), false), "01001101001110");
  EXPECT_EQ(all_of(f32(0x1p-127f), f32(-0x1p-149f), true), "10010110010110");
  EXPECT_EQ(all_of(f32(0x1p-126f), f32(0x1p-127f), true), "01001101001110");
}

TEST(FloatComparison, AsTheHostCompares) {
  const std::vector<float> samples = float_samples(8);
  std::mt19937 random(2);
  for (int i = 0; i < 100000; ++i) {
    const float a = samples[random() % samples.size()], b = samples[random() % samples.size()];
    EXPECT_EQ(holds(Comparison::kEq, f32(a), f32(b), false), a == b);
    EXPECT_EQ(holds(Comparison::kLt, f32(a), f32(b), false), a < b);
    EXPECT_EQ(holds(Comparison::kLe, f32(a), f32(b), false), a <= b);
    EXPECT_EQ(holds(Comparison::kGtu, f32(a), f32(b), false), !(a <= b));
    EXPECT_EQ(holds(Comparison::kNeu, f32(a), f32(b), false), a != b);
  }
}

F32 min_of(F32 a, F32 b, const ExtremeMode& mode = {}) {
  return min_or_max(Extreme::kMin, a, b, mode);
}
F32 max_of(F32 a, F32 b, const ExtremeMode& mode = {}) {
  return min_or_max(Extreme::kMax, a, b, mode);
}

TEST(FloatExtremes, OfNumbersAndNan) {
  EXPECT_EQ(min_of(f32(1), f32(-2)), f32(-2));
  EXPECT_EQ(max_of(f32(1), f32(-2)), f32(1));
  EXPECT_EQ(min_of(f32(0), f32(-0.0f)), f32(-0.0f));
  EXPECT_EQ(max_of(f32(-0.0f), f32(0)), f32(0));
  EXPECT_EQ(max_of(kNan, f32(-3)), f32(-3));
  EXPECT_EQ(min_of(f32(-3), kNan), f32(-3));
  EXPECT_EQ(max_of(kNan, kNan).bits, 0x7FFFFFFFu);
  EXPECT_EQ(max_of(kNan, f32(-3), {.nan = true}).bits, 0x7FFFFFFFu);
  EXPECT_EQ(min_of(f32(-3), kNan, {.nan = true}).bits, 0x7FFFFFFFu);
}

TEST(FloatExtremes, Flushed) {
  EXPECT_EQ(max_of(f32(0x1p-127f), f32(-1)), f32(0x1p-127f));
  EXPECT_EQ(max_of(f32(0x1p-127f), f32(-1), {.ftz = true}), f32(0));
  EXPECT_EQ(min_of(f32(-0x1p-127f), f32(0), {.ftz = true}), f32(-0.0f));
}

TEST(FloatExtremes, OfMagnitudes) {
  const ExtremeMode mode = {.abs = true, .xorsign = true};
  EXPECT_EQ(max_of(f32(-3), f32(2), mode), f32(-3));
  EXPECT_EQ(max_of(f32(-3), f32(-2), mode), f32(3));
  EXPECT_EQ(min_of(f32(3), f32(-2), mode), f32(-2));
  EXPECT_EQ(min_of(f32(-3), kNan, mode), f32(-3));
  EXPECT_EQ(max_of(f32(0), f32(-0.0f), mode), f32(-0.0f));
  EXPECT_EQ(max_of(kNan, F32{0xFFC00000}, mode).bits, 0x7FFFFFFFu);
  EXPECT_EQ(max_of(f32(-3), kNan, {.nan = true, .abs = true, .xorsign = true}).bits, 0x7FFFFFFFu);
}

TEST(FloatExtremes, OfThree) {
  const auto max3 = [](F32 a, F32 b, F32 c, const ExtremeMode& mode = {}) {
    return min_or_max(Extreme::kMax, a, b, c, mode);
  };
  EXPECT_EQ(max3(f32(1), f32(3), f32(2)), f32(3));
  EXPECT_EQ(max3(f32(1), f32(2), f32(3)), f32(3));
  EXPECT_EQ(max3(f32(3), kNan, f32(2)), f32(3));
  EXPECT_EQ(max3(kNan, kNan, f32(2)), f32(2));
  EXPECT_EQ(max3(f32(1), f32(2), kNan, {.nan = true}).bits, 0x7FFFFFFFu);
  EXPECT_EQ(max3(kNan, f32(2), f32(1), {.nan = true}).bits, 0x7FFFFFFFu);
  EXPECT_EQ(max3(f32(1), f32(-4), f32(3), {.abs = true}), f32(4));
  EXPECT_EQ(max3(f32(1), f32(4), f32(-5), {.abs = true}), f32(5));
  EXPECT_EQ(min_or_max(Extreme::kMin, f32(3), f32(2), f32(1), {}), f32(1));
}

// finite infinite number notanumber normal subnormal
TEST(FloatProperties, AsTheManualSays) {
  const auto all = [](uint32_t bits) {
    std::string text;
    for (int i = 0; i < 6; ++i) {
      text += has_property(static_cast<Property>(i), F32{bits}) ? '1' : '0';
    }
    return text;
  };
  EXPECT_EQ(all(0x00000000), "101010");
  EXPECT_EQ(all(0x80000000), "101010");
  EXPECT_EQ(all(0x80000001), "101001");
  EXPECT_EQ(all(0x007FFFFF), "101001");
  EXPECT_EQ(all(0x00800000), "101010");
  EXPECT_EQ(all(0xFF7FFFFF), "101010");
  EXPECT_EQ(all(0xFF800000), "011000");
  EXPECT_EQ(all(0xFF800001), "000100");
}

}  // namespace
}  // namespace ptxsim
