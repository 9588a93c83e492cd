// Arithmetic of f16 and bf16: sums and products against double arithmetic rounded by NVIDIA's host
// emulation, fma against exact distances, the modifiers against the emulation and by hand.
#include <gtest/gtest.h>

#include <random>

#include "tests/ptxsim/values/arithmetic.h"
#include "tests/ptxsim/values/nvidia.h"

namespace ptxsim {
namespace {

template <class T>
T half(uint32_t bits) {
  return T{static_cast<uint16_t>(bits)};
}
template <class T>
double value_of(T value) {
  return static_cast<double>(nvidia::float_of(value));
}

// Exact for the sum of a product of halves and a half, unless they are too far apart.
#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 Wide;
#else
using Wide = long double;
#endif

template <class T>
struct HalfArithmetic : testing::Test {};
using HalfTypes = testing::Types<F16, Bf16>;
TYPED_TEST_SUITE(HalfArithmetic, HalfTypes);

// Zeros, the least and the greatest subnormal and normal, one and its neighbours, infinity, NaN.
template <class T>
std::vector<T> seconds() {
  constexpr auto kNormal = static_cast<uint32_t>(kFormatOf<T>.smallest_normal());
  constexpr auto kInfinity = static_cast<uint32_t>(kFormatOf<T>.infinity());
  constexpr uint32_t kOne = static_cast<uint32_t>(kFormatOf<T>.bias) * kNormal;
  std::vector<T> all;
  for (uint32_t bits : {0u, 1u, 2u, 3u, kNormal - 1, kNormal, kNormal + 1, kOne - kNormal - 1,
                        kOne - 1, kOne, kOne + 1, kOne + kNormal / 2, kOne + 3 * kNormal + 5,
                        kInfinity - kNormal, kInfinity - 1, kInfinity, kInfinity + 1}) {
    all.push_back(half<T>(bits));
    all.push_back(half<T>(bits | 0x8000));
  }
  return all;
}

template <class T>
T expected_of(double value) {
  return std::isnan(value) ? half<T>(0x7FFF) : nvidia::half_of<T>(value);
}

// A double holds the product and rounds the sum; so many bits more than needed that nothing is
// rounded wrong for it (the narrow format has 11, twice that and two is 24).
TYPED_TEST(HalfArithmetic, SumsAndProducts) {
  using T = TypeParam;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const T a = half<T>(bits);
    const double x = value_of(a);
    for (T b : seconds<T>()) {
      const double y = value_of(b);
      ASSERT_EQ(add(a, b, {}).bits, expected_of<T>(x + y).bits) << x << " + " << y;
      ASSERT_EQ(sub(a, b, {}).bits, expected_of<T>(x - y).bits) << x << " - " << y;
      ASSERT_EQ(mul(a, b, {}).bits, expected_of<T>(x * y).bits) << x << " * " << y;
    }
  }
}

TYPED_TEST(HalfArithmetic, AsNvidiasEmulation) {
  using T = TypeParam;
  using Nvidia = nvidia::Halves<T>;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const T a = half<T>(bits);
    for (T b : seconds<T>()) {
      ASSERT_EQ(add(a, b, {}).bits, Nvidia::add(a, b).bits) << a.bits << " " << b.bits;
      ASSERT_EQ(sub(a, b, {}).bits, Nvidia::sub(a, b).bits) << a.bits << " " << b.bits;
    }
    EXPECT_EQ(abs(a, false).bits, bits & 0x7FFF);
    EXPECT_EQ(neg(a, false).bits, bits ^ 0x8000);
  }
}

TYPED_TEST(HalfArithmetic, Saturated) {
  using T = TypeParam;
  using Nvidia = nvidia::Halves<T>;
  const Mode sat = {.sat = true};
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const T a = half<T>(bits);
    for (T b : seconds<T>()) {
      ASSERT_EQ(add(a, b, sat).bits, Nvidia::add_sat(a, b).bits) << a.bits << " " << b.bits;
      ASSERT_EQ(sub(a, b, sat).bits, Nvidia::sub_sat(a, b).bits) << a.bits << " " << b.bits;
      ASSERT_EQ(mul(a, b, sat).bits, Nvidia::mul_sat(a, b).bits) << a.bits << " " << b.bits;
    }
  }
}

// Whether no neighbour of `result` is nearer to `exact`, and of two as near it is the even one.
template <class T>
bool is_nearest(T result, Wide exact) {
  const auto distance = [&](T candidate) {
    const Wide difference = Wide{value_of(candidate)} - exact;
    return difference < 0 ? -difference : difference;
  };
  const Wide here = distance(result);
  const uint32_t magnitude = result.bits & 0x7FFF;
  const bool odd = (result.bits & 1) != 0;
  const uint32_t last = static_cast<uint32_t>(kFormatOf<T>.greatest());
  for (uint32_t near : {magnitude - 1, magnitude + 1}) {
    if (near > last) continue;  // also the one before zero
    const Wide there = distance(half<T>((result.bits & 0x8000) | near));
    if (there < here || (there == here && odd)) return false;
  }
  return true;
}

TYPED_TEST(HalfArithmetic, FusedIsTheNearest) {
  using T = TypeParam;
  std::mt19937 random(9);
  const std::vector<T> some = seconds<T>();
  int checked = 0;
  for (int i = 0; i < 1000000; ++i) {
    const T a = half<T>(random()),
            b = i % 2 == 0 ? half<T>(random()) : some[random() % some.size()];
    T c = i % 3 == 0 ? half<T>(random()) : some[random() % some.size()];
    // Near the product, so that it cancels.
    if (i % 5 == 0) c = half<T>(mul(a, b, {}).bits ^ 0x8000 ^ (random() % 4));
    const T result = fma(a, b, c, {});
    const double product = value_of(a) * value_of(b);
    const double plain = product + value_of(c);
    if (!std::isfinite(plain)) {
      ASSERT_EQ(result.bits, expected_of<T>(plain).bits);
      continue;
    }
    const Wide exact = Wide{product} + Wide{value_of(c)};
    const bool is_exact = exact - Wide{product} == value_of(c) && exact - value_of(c) == product;
    if (!is_exact || (result.bits & 0x7FFF) == kFormatOf<T>.infinity()) continue;
    ++checked;
    ASSERT_TRUE(is_nearest(result, exact)) << a.bits << " " << b.bits << " " << c.bits;
    if (exact == 0) {
      ASSERT_EQ(result.bits, std::signbit(plain) ? 0x8000 : 0);
    }
  }
  EXPECT_GT(checked, 200000);
}

TEST(HalfModifiers, Relu) {
  const Mode relu = {.relu = true};
  EXPECT_EQ(fma(F16{0x3C00}, F16{0xBC00}, F16{0x0000}, relu).bits, 0);       // -1
  EXPECT_EQ(fma(F16{0x0000}, F16{0xBC00}, F16{0x8000}, relu).bits, 0);       // -0
  EXPECT_EQ(fma(F16{0x3C00}, F16{0x3C00}, F16{0x3C00}, relu).bits, 0x4000);  // 2
  EXPECT_EQ(fma(F16{0x7C01}, F16{0x3C00}, F16{0x3C00}, relu).bits, 0x7FFF);
  EXPECT_EQ(fma(F16{0xFC00}, F16{0x3C00}, F16{0x3C00}, relu).bits, 0);
  EXPECT_EQ(fma(Bf16{0x3F80}, Bf16{0xBF80}, Bf16{0x8001}, relu).bits, 0);
  EXPECT_EQ(fma(Bf16{0xFF81}, Bf16{0xBF80}, Bf16{0x8001}, relu).bits, 0x7FFF);
}

// Subnormal f16 are below 0x0400.
TEST(HalfModifiers, Ftz) {
  const Mode ftz = {.ftz = true};
  EXPECT_EQ(add(F16{0x03FF}, F16{0x0001}, {}).bits, 0x0400);
  EXPECT_EQ(add(F16{0x03FF}, F16{0x0001}, ftz).bits, 0);
  EXPECT_EQ(add(F16{0x0401}, F16{0x8400}, {}).bits, 0x0001);
  EXPECT_EQ(add(F16{0x0401}, F16{0x8400}, ftz).bits, 0);
  EXPECT_EQ(sub(F16{0x0400}, F16{0x0401}, ftz).bits, 0x8000);
  EXPECT_EQ(mul(F16{0x0400}, F16{0xB800}, ftz).bits, 0x8000);
  EXPECT_EQ(fma(F16{0x0400}, F16{0x3800}, F16{0x0200}, {}).bits, 0x0400);
  EXPECT_EQ(fma(F16{0x0400}, F16{0x3800}, F16{0x0200}, ftz).bits, 0);
  EXPECT_EQ(abs(F16{0x83FF}, true).bits, 0);
  EXPECT_EQ(neg(F16{0x03FF}, true).bits, 0x8000);
}

}  // namespace
}  // namespace ptxsim
