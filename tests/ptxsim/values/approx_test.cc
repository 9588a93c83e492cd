// Approximate instructions: the correctly rounded result by exact arithmetic or by the inverse
// function, and the manual's special operands.
#include "tests/ptxsim/values/approx.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/ptxsim/values/samples.h"

namespace ptxsim {
namespace {

F32 f32(float value) {
  return {std::bit_cast<uint32_t>(value)};
}
float as_value(F32 value) {
  return float_from(value.bits);
}

// The middles between a number and its neighbours.
std::pair<long double, long double> around(F32 value) {
  const auto here = static_cast<long double>(as_value(value));
  const auto below = static_cast<long double>(std::nextafter(as_value(value), -HUGE_VALF));
  const auto above = static_cast<long double>(std::nextafter(as_value(value), HUGE_VALF));
  return {(here + below) / 2, (here + above) / 2};
}

TEST(Approximate, ReciprocalsAndRootsAreCorrectlyRounded) {
  for (float a : float_samples(2000)) {
    if (std::isnan(a)) continue;
    ASSERT_EQ(rcp_approx(f32(a), false).bits, f32(1.0f / a).bits) << std::hexfloat << a;
    if (!(a > 0)) continue;
    ASSERT_EQ(sqrt_approx(f32(a), false).bits, f32(std::sqrt(a)).bits) << std::hexfloat << a;
  }
}

TEST(Approximate, DivisionsAreCorrectlyRounded) {
  const std::vector<float> samples = float_samples(20);
  std::mt19937 random(8);
  for (int i = 0; i < 300000; ++i) {
    const float a = samples[random() % samples.size()], b = samples[random() % samples.size()];
    const float quotient = a / b;
    if (std::isnan(quotient)) continue;
    ASSERT_EQ(div_full(f32(a), f32(b), false).bits, f32(quotient).bits) << a << " / " << b;
    if (std::abs(b) > 0x1p126f) continue;
    ASSERT_EQ(div_approx(f32(a), f32(b), false).bits, f32(quotient).bits) << a << " / " << b;
  }
}

// 1/sqrt(a) lies between the middles m around the result where m * m * a lies around 1. These are
// integers of less than 128 bits, so that the comparison is exact.
__extension__ typedef unsigned __int128 Uint128;
bool reciprocal_root_is_nearest(uint32_t significand, bool odd_exponent, F32 root) {
  // a = significand * 2^(-23 or -22), in [1, 4); the root is in (1/2, 1].
  const uint64_t halves = (uint64_t{root.bits & 0x7FFFFF} | 0x800000) * 2;
  const int exponent = static_cast<int>(root.bits >> 23) - 127;  // -1 or 0
  // A middle is m * 2^(exponent - 24); its square times a, compared with 1.
  const int one = 2 * (24 - exponent) + 23 - odd_exponent;
  const auto scaled = [&](uint64_t m) { return Uint128{m} * m * significand; };
  return scaled(halves - 1) <= Uint128{1} << one && scaled(halves + 1) >= Uint128{1} << one;
}

TEST(Approximate, ReciprocalRootsAreCorrectlyRounded) {
  for (uint32_t fraction = 1; fraction < 0x800000; fraction += 3) {
    for (bool odd : {false, true}) {
      const F32 a{fraction | (odd ? 128u : 127u) << 23};
      const F32 root = rsqrt_approx(a, false);
      ASSERT_TRUE(reciprocal_root_is_nearest(fraction | 0x800000, odd, root))
          << std::hex << a.bits << " " << root.bits;
    }
  }
  // Other exponents are these two moved by a power of four.
  for (float a : float_samples(500)) {
    if (!std::isfinite(a) || !(a > 0)) continue;
    const int exponent = std::ilogb(a) & ~1;
    const float near = std::ldexp(a, -exponent);
    EXPECT_EQ(as_value(rsqrt_approx(f32(a), false)),
              std::ldexp(as_value(rsqrt_approx(f32(near), false)), -exponent / 2));
  }
}

// `inverse` of the middles around a result, which grows with them, lies around the operand. What is
// nearer to a middle than long doubles tell is passed over.
void expect_nearest(const char* name, float operand, F32 result,
                    const std::function<long double(long double)>& inverse) {
  const auto [low, high] = around(result);
  const long double slack = std::abs(static_cast<long double>(operand)) * 0x1p-58L;
  EXPECT_LE(inverse(low), operand + slack) << name << std::hexfloat << " of " << operand;
  EXPECT_GE(inverse(high), operand - slack) << name << std::hexfloat << " of " << operand;
}

TEST(Approximate, FunctionsByTheirInverses) {
  for (float a : float_samples(400)) {
    const F32 operand = f32(a);
    if (a > -125 && a < 127.5f && std::abs(a) > 0x1p-20f) {
      expect_nearest("ex2", a, ex2_approx(operand, false),
                     [](long double x) { return std::log2(x); });
    }
    if (a > 0x1p-126f && std::isfinite(a) && a != 1) {
      expect_nearest("lg2", a, lg2_approx(operand, false),
                     [](long double x) { return std::exp2(x); });
    }
    if (std::abs(a) > 0x1p-20f && std::abs(a) < 1.5f) {
      expect_nearest("sin", a, sin_approx(operand, false),
                     [](long double x) { return std::asin(x); });
    }
    if (a > 0x1p-2f && a < 3) {
      expect_nearest("cos", -a, cos_approx(operand, false),
                     [](long double x) { return -std::acos(x); });
    }
    if (std::abs(a) > 0x1p-20f && std::abs(a) < 4) {
      expect_nearest("tanh", a, tanh_approx(operand), [](long double x) { return std::atanh(x); });
    }
  }
}

struct Special {
  const char* name;
  F32 (*function)(F32, bool);
  uint32_t of_minus_infinity, of_minus_one, of_minus_zero, of_zero, of_infinity;
};

// The tables of the manual; kNan is the canonical one.
constexpr uint32_t kNan = 0x7FFFFFFF, kInfinity = 0x7F800000, kMinus = 0x80000000,
                   kOne = 0x3F800000;

TEST(Approximate, SpecialOperands) {
  const Special specials[] = {
      {"rcp", rcp_approx, kMinus, kMinus | kOne, kMinus | kInfinity, kInfinity, 0},
      {"sqrt", sqrt_approx, kNan, kNan, kMinus, 0, kInfinity},
      {"rsqrt", rsqrt_approx, kNan, kNan, kMinus | kInfinity, kInfinity, 0},
      {"ex2", ex2_approx, 0, 0x3F000000, kOne, kOne, kInfinity},
      {"lg2", lg2_approx, kNan, kNan, kMinus | kInfinity, kMinus | kInfinity, kInfinity},
      {"sin", sin_approx, kNan, 0xBF576AA4, kMinus, 0, kNan},
      {"cos", cos_approx, kNan, 0x3F0A5140, kOne, kOne, kNan},
  };
  for (const Special& one : specials) {
    for (bool ftz : {false, true}) {
      const auto of = [&](uint32_t bits) { return one.function(F32{bits}, ftz).bits; };
      EXPECT_EQ(of(kMinus | kInfinity), one.of_minus_infinity) << one.name;
      EXPECT_EQ(of(kMinus | kOne), one.of_minus_one) << one.name;
      EXPECT_EQ(of(kMinus), one.of_minus_zero) << one.name;
      EXPECT_EQ(of(0), one.of_zero) << one.name;
      EXPECT_EQ(of(kInfinity), one.of_infinity) << one.name;
      EXPECT_EQ(of(0xFF800001), kNan) << one.name;
      // A subnormal operand is a zero of its sign under .ftz.
      if (ftz) {
        EXPECT_EQ(of(1), one.of_zero) << one.name;
        EXPECT_EQ(of(kMinus | 1), one.of_minus_zero) << one.name;
      }
    }
  }
}

TEST(Approximate, SubnormalsWithoutFtz) {
  EXPECT_EQ(rcp_approx(f32(0x1p-127f), false), f32(0x1p127f));
  EXPECT_EQ(rcp_approx(f32(0x1p-149f), false), f32(HUGE_VALF));
  EXPECT_EQ(rcp_approx(f32(0x1p127f), false), f32(0x1p-127f));
  EXPECT_EQ(rcp_approx(f32(-0x1p127f), true), f32(-0.0f));
  EXPECT_EQ(ex2_approx(f32(-149), false).bits, 1u);
  EXPECT_EQ(ex2_approx(f32(-151), false).bits, 0u);
  EXPECT_EQ(ex2_approx(f32(-127), true).bits, 0u);
  EXPECT_EQ(ex2_approx(f32(128), false), f32(HUGE_VALF));
  EXPECT_EQ(ex2_approx(f32(-1e30f), false).bits, 0u);
  EXPECT_EQ(ex2_approx(f32(1e30f), false), f32(HUGE_VALF));
  EXPECT_EQ(lg2_approx(f32(0x1p-149f), false), f32(-149));
  EXPECT_EQ(lg2_approx(f32(0x1p-149f), true), f32(-HUGE_VALF));
  EXPECT_EQ(rsqrt_approx(f32(0x1p-148f), false), f32(0x1p74f));
  EXPECT_EQ(sqrt_approx(f32(0x1p-148f), false), f32(0x1p-74f));
  EXPECT_EQ(tanh_approx(F32{0x80000001}).bits, 0x80000001u);
  EXPECT_EQ(tanh_approx(f32(-HUGE_VALF)), f32(-1));
  EXPECT_EQ(tanh_approx(f32(HUGE_VALF)), f32(1));
  EXPECT_EQ(tanh_approx(F32{0xFFFFFFFF}).bits, kNan);
}

TEST(Approximate, DivisionByTheGreatest) {
  const F32 great = f32(0x1.8p126f);
  EXPECT_EQ(div_approx(f32(-1), great, false).bits, kMinus);
  EXPECT_EQ(div_approx(f32(HUGE_VALF), great, false).bits, kNan);
  EXPECT_EQ(div_full(f32(0x1.8p126f), great, false), f32(1));
  EXPECT_EQ(div_approx(f32(0x1p126f), f32(0x1p126f), false), f32(1));
  EXPECT_EQ(div_approx(f32(5), f32(HUGE_VALF), false), f32(0));
  EXPECT_EQ(div_approx(f32(5), f32(0x1p-127f), true), f32(HUGE_VALF));
  EXPECT_EQ(div_full(f32(0x1p-127f), f32(5), true).bits, 0u);
}

TEST(Approximate, Halves) {
  EXPECT_EQ(ex2_approx(F16{0x3C00}).bits, 0x4000);  // 2^1
  EXPECT_EQ(ex2_approx(F16{0xCE00}).bits, 0x0001);  // 2^-24
  EXPECT_EQ(ex2_approx(F16{0x4C00}).bits, 0x7C00);  // 2^16
  EXPECT_EQ(ex2_approx(F16{0x8000}).bits, 0x3C00);
  EXPECT_EQ(ex2_approx(F16{0x3800}).bits, 0x3DA8);  // sqrt(2) = 1.4142…
  EXPECT_EQ(ex2_approx(F16{0xFC00}).bits, 0);
  EXPECT_EQ(ex2_approx(F16{0x7C01}).bits, 0x7FFF);
  EXPECT_EQ(ex2_approx_ftz(Bf16{0x4040}).bits, 0x4100);  // 2^3
  EXPECT_EQ(ex2_approx_ftz(Bf16{0x8001}).bits, 0x3F80);
  EXPECT_EQ(ex2_approx_ftz(Bf16{0xC2FE}).bits, 0);       // 2^-127
  EXPECT_EQ(ex2_approx_ftz(Bf16{0xC2FC}).bits, 0x0080);  // 2^-126
  EXPECT_EQ(tanh_approx(F16{0xFC00}).bits, 0xBC00);
  EXPECT_EQ(tanh_approx(F16{0x8000}).bits, 0x8000);
  EXPECT_EQ(tanh_approx(F16{0x3C00}).bits, 0x3A18);  // 0.76159…
  EXPECT_EQ(tanh_approx(Bf16{0x3F80}).bits, 0x3F43);
  EXPECT_EQ(tanh_approx(Bf16{0x7F80}).bits, 0x3F80);
}

}  // namespace
}  // namespace ptxsim
