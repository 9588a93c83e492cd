// How the modes of the process move the results of approximate instructions.
#include <gtest/gtest.h>

#include <functional>

#include "tests/ptxsim/values/approx.h"
#include "tests/ptxsim/values/samples.h"

namespace ptxsim {
namespace {

constexpr uint32_t kCanonicalNan = 0x7FFFFFFF;

F32 f32(float value) {
  return {std::bit_cast<uint32_t>(value)};
}
float as_value(F32 value) {
  return float_from(value.bits);
}

TEST(ApproximationMode, Names) {
  EXPECT_EQ(approximation_named(""), Approximation::kCorrect);
  EXPECT_EQ(approximation_named("+1"), Approximation::kOutward);
  EXPECT_EQ(approximation_named("-1"), Approximation::kInward);
  EXPECT_EQ(approximation_named("random"), Approximation::kRandom);
  EXPECT_EQ(approximation_named("1"), std::nullopt);
}

struct Moved : testing::Test {
  ~Moved() override { set_approximation(Approximation::kCorrect); }
  static F32 in(Approximation mode, const std::function<F32()>& compute) {
    set_approximation(mode);
    const F32 result = compute();
    set_approximation(Approximation::kCorrect);
    return result;
  }
};

// rcp may be one unit off anywhere, powers of two included.
TEST_F(Moved, ReciprocalsByOneUnit) {
  for (float a : {3.0f, -3.0f, 1.0f, 0x1p-100f, 1e20f}) {
    const auto compute = [&] { return rcp_approx(f32(a), true); };
    const uint32_t correct = compute().bits;
    EXPECT_EQ(in(Approximation::kOutward, compute).bits, correct + 1) << a;
    EXPECT_EQ(in(Approximation::kInward, compute).bits, correct - 1) << a;
  }
}

TEST_F(Moved, RandomIsOneOfTheThreeAndAlwaysTheSame) {
  int seen[3] = {};
  for (uint32_t bits = 0x3F800001; bits < 0x3F801000; ++bits) {
    const auto compute = [&] { return rcp_approx(F32{bits}, true); };
    const F32 once = in(Approximation::kRandom, compute);
    EXPECT_EQ(in(Approximation::kRandom, compute), once);
    const int step = static_cast<int>(once.bits - compute().bits);
    ASSERT_LE(std::abs(step), 1);
    ++seen[step + 1];
  }
  for (int count : seen) EXPECT_GT(count, 1000);
}

TEST_F(Moved, NotFromOrToWhatIsNoNumberOrZero) {
  for (Approximation mode : {Approximation::kOutward, Approximation::kInward}) {
    EXPECT_EQ(in(mode, [] { return rcp_approx(f32(0), true); }), f32(HUGE_VALF));
    EXPECT_EQ(in(mode, [] { return rcp_approx(f32(HUGE_VALF), true); }), f32(0));
    EXPECT_EQ(in(mode, [] { return rcp_approx(F32{kCanonicalNan}, true); }).bits, kCanonicalNan);
    EXPECT_EQ(in(mode, [] { return ex2_approx(f32(0), true); }), f32(1));
    EXPECT_EQ(in(mode, [] { return cos_approx(f32(-0.0f), true); }), f32(1));
    EXPECT_EQ(in(mode, [] { return tanh_approx(f32(HUGE_VALF)); }), f32(1));
    EXPECT_EQ(in(mode, [] { return lg2_approx(f32(1), true); }), f32(0));
  }
  // The least normal number does not become a subnormal one under .ftz, nor the greatest infinity.
  EXPECT_EQ(in(Approximation::kInward, [] { return rcp_approx(f32(0x1p126f), true); }).bits,
            0x00800000u);
  EXPECT_EQ(in(Approximation::kInward, [] { return rcp_approx(f32(0x1p126f), false); }).bits,
            0x007FFFFFu);
  EXPECT_EQ(in(Approximation::kOutward, [] { return ex2_approx(F32{0x42FFFFFF}, true); }).bits,
            ex2_approx(F32{0x42FFFFFF}, true).bits + 1);
  EXPECT_EQ(
      in(Approximation::kOutward, [] { return div_full(f32(0x1.fffffep127f), f32(1), true); }),
      f32(0x1.fffffep127f));
}

// sqrt may be off by a part of 2^-23 of the result: of 1.0… by one unit at most if it is exact, of
// 1.99… by nearly two.
TEST_F(Moved, NoFartherThanTheManualAllows) {
  int moved = 0, stayed = 0;
  for (float a : float_samples(200)) {
    if (!std::isfinite(a) || !(a > 0x1p-100f)) continue;
    for (Approximation mode : {Approximation::kOutward, Approximation::kInward}) {
      const F32 root = in(mode, [&] { return sqrt_approx(f32(a), false); });
      const long double exact = std::sqrt(static_cast<long double>(a));
      EXPECT_LE(std::abs(as_value(root) - exact), exact * 0x1.0000001p-23L) << a;
      (root == sqrt_approx(f32(a), false) ? stayed : moved) += 1;
      const F32 inverse = in(mode, [&] { return rsqrt_approx(f32(a), false); });
      EXPECT_LE(std::abs(as_value(inverse) * exact - 1), 0x1.13p-23L) << a;
      const F32 power = in(mode, [&] { return lg2_approx(f32(a), false); });
      const long double logarithm = std::log2(static_cast<long double>(a));
      const long double bound = a > 0.5f && a < 2 ? 1 : std::abs(logarithm);
      EXPECT_LE(std::abs(as_value(power) - logarithm), bound * 0x1p-22L) << a;
      EXPECT_TRUE(power != lg2_approx(f32(a), false) || logarithm == 0) << a;
    }
  }
  EXPECT_GT(moved, 1000);
  EXPECT_GT(stayed, 1000);
}

TEST_F(Moved, HalvesNoFartherThanTheManualAllows) {
  int moved = 0;
  for (uint32_t bits = 0x2400; bits < 0x4800; ++bits) {
    const F16 a{static_cast<uint16_t>(bits)};
    const double exact = std::tanh(to_double(a));
    for (Approximation mode : {Approximation::kOutward, Approximation::kInward}) {
      set_approximation(mode);
      const F16 result = tanh_approx(a);
      set_approximation(Approximation::kCorrect);
      EXPECT_LE(std::abs(to_double(result) - exact), std::exp2(-10.987));
      moved += result != tanh_approx(a);
    }
  }
  EXPECT_GT(moved, 1000);
}

}  // namespace
}  // namespace ptxsim
