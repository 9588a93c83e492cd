// Conversions without a counterpart in NVIDIA's headers, by hand from the manual and against the
// host's FPU.
#include "tests/ptxsim/values/convert.h"

#include <gtest/gtest.h>

#include <cfenv>

#include "tests/ptxsim/values/samples.h"

namespace ptxsim {
namespace {

F32 f32(float value) {
  return {std::bit_cast<uint32_t>(value)};
}
F64 f64(double value) {
  return {std::bit_cast<uint64_t>(value)};
}

constexpr std::pair<Rounding, int> kRoundings[] = {{Rounding::kNearest, FE_TONEAREST},
                                                   {Rounding::kZero, FE_TOWARDZERO},
                                                   {Rounding::kDown, FE_DOWNWARD},
                                                   {Rounding::kUp, FE_UPWARD}};

template <class Result, class Compute>
Result on_fpu(int host, const Compute& compute) {
  std::fesetround(host);
  const volatile Result result = compute();  // stored before the FPU is set back
  std::fesetround(FE_TONEAREST);
  return result;
}

TEST(Convert, F64ToF32AsTheHostsFpu) {
  std::mt19937_64 random(4);
  std::vector<double> samples = {0, -0.0, HUGE_VAL, -HUGE_VAL, 0x1p-150, 0x1.8p-149, 0x1p-1074};
  for (float value : float_samples(40)) {
    if (std::isnan(value)) continue;
    samples.push_back(value);
    samples.push_back(std::nextafter(double{value}, HUGE_VAL));
    samples.push_back(value * (1 + 0x1p-24));
    samples.push_back(value * (1 + 0x1p-24 + 0x1p-52));
    samples.push_back(value * (1 + 0x1p-53 * static_cast<double>(random() >> 34)));
  }
  for (double value : samples) {
    for (const auto& [rounding, host] : kRoundings) {
      volatile double x = value;
      const float expected = on_fpu<float>(host, [&] { return static_cast<float>(x); });
      ASSERT_EQ((float_to_float<F32>(f64(value), {.rounding = rounding}).bits), f32(expected).bits)
          << std::hexfloat << value << " " << int(rounding);
    }
  }
}

TEST(Convert, FlushesF32Alone) {
  const Mode ftz = {.ftz = true};
  EXPECT_EQ((float_to_float<F32>(f64(-0x1p-140), ftz).bits), 0x80000000u);
  EXPECT_EQ((float_to_float<F32>(f64(-0x1p-140), {}).bits), 0x80000200u);
  EXPECT_EQ((float_to_float<F64>(f32(-0x1p-140f), ftz).bits), 0x8000000000000000u);
  EXPECT_EQ((float_to_float<F64>(f32(-0x1p-140f), {}).bits), f64(-0x1p-140).bits);
  EXPECT_EQ((float_to_float<F32>(F16{0x0001}, ftz).bits), f32(0x1p-24f).bits);
  EXPECT_EQ((float_to_float<F16>(f32(0x1p-24f), ftz).bits), 0x0001);
  EXPECT_EQ((float_to_integer<int32_t>(f32(0x1p-140f), {.rounding = Rounding::kUp})), 1);
  EXPECT_EQ((float_to_integer<int32_t>(f32(0x1p-140f), {.rounding = Rounding::kUp, .ftz = true})),
            0);
}

TEST(Convert, SaturatesFloatsToZeroAndOne) {
  const Mode sat = {.sat = true};
  EXPECT_EQ((float_to_float<F32>(f64(1.5), sat)), f32(1));
  EXPECT_EQ((float_to_float<F32>(f32(-1.5f), sat)), f32(0));
  EXPECT_EQ((float_to_float<F64>(f32(NAN), sat)), f64(0));
  EXPECT_EQ((float_to_float<F64>(f32(0.5f), sat)), f64(0.5));
  EXPECT_EQ((float_to_float<F64>(f32(7), sat)), f64(1));
  EXPECT_EQ((integer_to_float<F32>(int32_t{-5}, sat)), f32(0));
  EXPECT_EQ((integer_to_float<F16>(uint8_t{200}, sat)), F16{0x3C00});
}

TEST(Convert, IntegralValues) {
  const auto of = [](float value, Rounding rounding, Mode mode = {}) {
    mode.rounding = rounding;
    return to_integral(f32(value), mode);
  };
  EXPECT_EQ(of(2.5f, Rounding::kNearest), f32(2));
  EXPECT_EQ(of(3.5f, Rounding::kNearest), f32(4));
  EXPECT_EQ(of(-2.5f, Rounding::kZero), f32(-2));
  EXPECT_EQ(of(-2.5f, Rounding::kDown), f32(-3));
  EXPECT_EQ(of(-2.5f, Rounding::kUp), f32(-2));
  EXPECT_EQ(of(-0.25f, Rounding::kNearest), f32(-0.0f));
  EXPECT_EQ(of(-0.25f, Rounding::kUp), f32(-0.0f));
  EXPECT_EQ(of(0x1p-149f, Rounding::kUp), f32(1));
  EXPECT_EQ(of(0x1p-149f, Rounding::kUp, {.ftz = true}), f32(0));
  EXPECT_EQ(of(2.5f, Rounding::kUp, {.sat = true}), f32(1));
  EXPECT_EQ(of(0x1.fffffep127f, Rounding::kUp), f32(0x1.fffffep127f));
  EXPECT_EQ(of(NAN, Rounding::kUp).bits, 0x7FFFFFFFu);
  EXPECT_EQ(to_integral(F16{0x3E00}, {}), F16{0x4000});                             // 1.5
  EXPECT_EQ(to_integral(Bf16{0xBFC0}, {.rounding = Rounding::kUp}), Bf16{0xBF80});  // -1.5
  EXPECT_EQ(to_integral(f64(-1.5), {.rounding = Rounding::kDown}), f64(-2));
}

TEST(Convert, FloatsToIntegersKeepTheirRange) {
  const Mode nearest = {};
  EXPECT_EQ((float_to_integer<uint8_t>(f32(-1), nearest)), 0);
  EXPECT_EQ((float_to_integer<uint8_t>(f32(300), nearest)), 255);
  EXPECT_EQ((float_to_integer<int8_t>(f32(-129), nearest)), -128);
  EXPECT_EQ((float_to_integer<int8_t>(f32(127.5f), nearest)), 127);
  EXPECT_EQ((float_to_integer<uint16_t>(f32(65535.5f), nearest)), 65535);
  EXPECT_EQ((float_to_integer<uint16_t>(f32(2.5f), nearest)), 2);
  EXPECT_EQ((float_to_integer<uint16_t>(f32(3.5f), nearest)), 4);
  EXPECT_EQ((float_to_integer<int32_t>(f32(2147483648.0f), nearest)), 2147483647);
  EXPECT_EQ((float_to_integer<int32_t>(f32(-2147483648.0f), nearest)), -2147483647 - 1);
  EXPECT_EQ((float_to_integer<uint32_t>(f64(4294967295.5), nearest)), 4294967295u);
  EXPECT_EQ((float_to_integer<uint32_t>(f64(4294967294.5), nearest)), 4294967294u);
  EXPECT_EQ((float_to_integer<uint64_t>(f32(HUGE_VALF), nearest)), ~uint64_t{0});
  EXPECT_EQ((float_to_integer<uint64_t>(f32(0x1p63f), nearest)), uint64_t{1} << 63);
  EXPECT_EQ((float_to_integer<int64_t>(f32(0x1p63f), nearest)), INT64_MAX);
  EXPECT_EQ((float_to_integer<int64_t>(f32(-HUGE_VALF), nearest)), INT64_MIN);
  EXPECT_EQ((float_to_integer<int16_t>(f32(-1.5f), {.rounding = Rounding::kZero})), -1);
  EXPECT_EQ((float_to_integer<int16_t>(f32(-1.5f), {.rounding = Rounding::kDown})), -2);
  EXPECT_EQ((float_to_integer<int16_t>(f32(-1.5f), {.rounding = Rounding::kUp})), -1);
}

// Zero, or the highest bit where f64 or 64-bit integers take part.
TEST(Convert, NanToIntegers) {
  EXPECT_EQ((float_to_integer<uint8_t>(f32(NAN), {})), 0);
  EXPECT_EQ((float_to_integer<int32_t>(f32(NAN), {})), 0);
  EXPECT_EQ((float_to_integer<uint16_t>(F16{0x7E00}, {})), 0);
  EXPECT_EQ((float_to_integer<int64_t>(f32(NAN), {})), INT64_MIN);
  EXPECT_EQ((float_to_integer<uint64_t>(Bf16{0x7FC0}, {})), uint64_t{1} << 63);
  EXPECT_EQ((float_to_integer<uint8_t>(f64(NAN), {})), 0x80);
  EXPECT_EQ((float_to_integer<int16_t>(f64(NAN), {})), INT16_MIN);
  EXPECT_EQ((float_to_integer<uint32_t>(f64(NAN), {})), 0x80000000u);
}

TEST(Convert, IntegersToFloatsInEveryRounding) {
  const auto f = [](auto value, Rounding rounding) {
    return integer_to_float<F32>(value, {.rounding = rounding}).bits;
  };
  // 2^24 + 1 is in the middle of two f32.
  EXPECT_EQ(f(int32_t{16777217}, Rounding::kNearest), 0x4B800000u);
  EXPECT_EQ(f(int32_t{16777217}, Rounding::kUp), 0x4B800001u);
  EXPECT_EQ(f(int32_t{-16777217}, Rounding::kUp), 0xCB800000u);
  EXPECT_EQ(f(int32_t{-16777217}, Rounding::kDown), 0xCB800001u);
  EXPECT_EQ(f(int32_t{-16777217}, Rounding::kZero), 0xCB800000u);
  EXPECT_EQ(f(INT64_MIN, Rounding::kUp), 0xDF000000u);
  EXPECT_EQ(f(~uint64_t{0}, Rounding::kZero), 0x5F7FFFFFu);
  EXPECT_EQ(f(~uint64_t{0}, Rounding::kNearest), 0x5F800000u);
  const auto d = [](auto value, Rounding rounding) {
    return integer_to_float<F64>(value, {.rounding = rounding}).bits;
  };
  EXPECT_EQ(d(INT64_MAX, Rounding::kZero), 0x43DFFFFFFFFFFFFFu);
  EXPECT_EQ(d(INT64_MAX, Rounding::kNearest), 0x43E0000000000000u);
  EXPECT_EQ(d((uint64_t{1} << 53) + 1, Rounding::kUp), 0x4340000000000001u);
  EXPECT_EQ(d((int64_t{1} << 53) + 1, Rounding::kNearest), 0x4340000000000000u);
  EXPECT_EQ((integer_to_float<F16>(int32_t{65520}, {.rounding = Rounding::kZero}).bits), 0x7BFF);
  EXPECT_EQ((integer_to_float<Bf16>(uint8_t{255}, {.rounding = Rounding::kDown}).bits), 0x437F);
}

TEST(Convert, IntegersToIntegers) {
  EXPECT_EQ((integer_to_integer<uint8_t>(int32_t{-1}, false)), 255);
  EXPECT_EQ((integer_to_integer<uint8_t>(int32_t{-1}, true)), 0);
  EXPECT_EQ((integer_to_integer<uint8_t>(uint64_t{256}, true)), 255);
  EXPECT_EQ((integer_to_integer<int8_t>(int32_t{-200}, true)), -128);
  EXPECT_EQ((integer_to_integer<int8_t>(int32_t{200}, false)), -56);
  EXPECT_EQ((integer_to_integer<int32_t>(uint32_t{0xFFFFFFFF}, true)), INT32_MAX);
  EXPECT_EQ((integer_to_integer<uint64_t>(int8_t{-1}, false)), ~uint64_t{0});
  EXPECT_EQ((integer_to_integer<uint64_t>(int8_t{-1}, true)), 0u);
  EXPECT_EQ((integer_to_integer<int64_t>(uint64_t{1} << 63, true)), INT64_MAX);
  EXPECT_EQ((integer_to_integer<int64_t>(uint8_t{255}, false)), 255);
}

TEST(Convert, Tf32) {
  const auto of = [](uint32_t bits, Mode mode) { return to_tf32(F32{bits}, mode).bits; };
  const Mode away = {.rounding = Rounding::kNearestAway};
  EXPECT_EQ(of(0x3F801000, {}), 0x3F800000u);  // the middle: to even
  EXPECT_EQ(of(0x3F803000, {}), 0x3F804000u);
  EXPECT_EQ(of(0x3F801000, away), 0x3F802000u);
  EXPECT_EQ(of(0x3F800FFF, away), 0x3F800000u);
  EXPECT_EQ(of(0xBF803FFF, {.rounding = Rounding::kZero}), 0xBF802000u);
  EXPECT_EQ(of(0x7F7FFFFF, {}), 0x7F800000u);
  EXPECT_EQ(of(0x7F7FFFFF, {.satfinite = true}), 0x7F7FE000u);
  EXPECT_EQ(of(0xFF800000, {.rounding = Rounding::kNearestAway, .satfinite = true}), 0xFF7FE000u);
  EXPECT_EQ(of(0xFFC00000, {.satfinite = true}), 0x7FFFFFFFu);
  EXPECT_EQ(of(0xBF800000, {.relu = true}), 0u);
  EXPECT_EQ(of(0x00001000, away), 0x00002000u);
}

// On the bits: a carry out of what is cut off is the next number, as everywhere in the format.
TEST(Convert, Tf32IsTheNearest) {
  for (float value : float_samples(30)) {
    if (!std::isfinite(value)) continue;
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint32_t below = bits & ~0x1FFFu, above = below + 0x2000;
    const uint32_t rest = bits & 0x1FFF;
    const bool up = rest > 0x1000 || (rest == 0x1000 && (below & 0x2000) != 0);
    ASSERT_EQ(to_tf32(F32{bits}, {}).bits, up ? above : below) << std::hex << bits;
  }
}

}  // namespace
}  // namespace ptxsim
