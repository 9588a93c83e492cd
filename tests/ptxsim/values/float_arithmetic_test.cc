// Arithmetic of f32 in every rounding against the host's FPU in the same rounding, and hand-derived
// cases of the modifiers.
#include <gtest/gtest.h>

#include <cfenv>
#include <functional>

#include "tests/ptxsim/values/arithmetic.h"
#include "tests/ptxsim/values/nvidia.h"
#include "tests/ptxsim/values/packed.h"
#include "tests/ptxsim/values/samples.h"

namespace ptxsim {
namespace {

F32 f32(float value) {
  return {std::bit_cast<uint32_t>(value)};
}

constexpr std::pair<Rounding, int> kRoundings[] = {{Rounding::kNearest, FE_TONEAREST},
                                                   {Rounding::kZero, FE_TOWARDZERO},
                                                   {Rounding::kDown, FE_DOWNWARD},
                                                   {Rounding::kUp, FE_UPWARD}};

// Computed with the FPU set to `host`; volatile keeps the compiler from doing it beforehand.
F32 on_fpu(int host, const std::function<float()>& compute) {
  std::fesetround(host);
  const float result = compute();
  std::fesetround(FE_TONEAREST);
  return std::isnan(result) ? F32{0x7FFFFFFF} : f32(result);
}

struct Operation {
  const char* name;
  std::function<F32(F32, F32, F32, const Mode&)> ours;
  std::function<float(volatile float&, volatile float&, volatile float&)> host;
};

const Operation kOperations[] = {
    {"add", [](F32 a, F32 b, F32, const Mode& mode) { return add(a, b, mode); },
     [](auto& a, auto& b, auto&) { return a + b; }},
    {"sub", [](F32 a, F32 b, F32, const Mode& mode) { return sub(a, b, mode); },
     [](auto& a, auto& b, auto&) { return a - b; }},
    {"mul", [](F32 a, F32 b, F32, const Mode& mode) { return mul(a, b, mode); },
     [](auto& a, auto& b, auto&) { return a * b; }},
    {"div", [](F32 a, F32 b, F32, const Mode& mode) { return div(a, b, mode); },
     [](auto& a, auto& b, auto&) { return a / b; }},
    {"rcp", [](F32 a, F32, F32, const Mode& mode) { return rcp(a, mode); },
     [](auto& a, auto&, auto&) { return 1.0f / a; }},
    {"sqrt", [](F32 a, F32, F32, const Mode& mode) { return sqrt(a, mode); },
     [](auto& a, auto&, auto&) { return std::sqrt(a); }},
    {"fma", [](F32 a, F32 b, F32 c, const Mode& mode) { return fma(a, b, c, mode); },
     [](auto& a, auto& b, auto& c) { return std::fma(a, b, c); }},
};

// Of three operands at random, but often near each other or with a third that cancels the product,
// where sums are exact, tiny or zero.
std::vector<std::array<float, 3>> triples() {
  const std::vector<float> samples = float_samples(20);
  std::mt19937 random(5);
  std::vector<std::array<float, 3>> all;
  for (float a : special_floats()) {
    for (float b : special_floats()) all.push_back({a, b, -a * b});
  }
  for (int i = 0; i < 120000; ++i) {
    const float a = samples[random() % samples.size()];
    float b = samples[random() % samples.size()], c = samples[random() % samples.size()];
    if (i % 4 == 1) b = float_from(std::bit_cast<uint32_t>(-a) + random() % 64);
    if (i % 4 == 2) c = float_from(std::bit_cast<uint32_t>(-a * b) + random() % 3 - 1);
    if (i % 4 == 3) b = std::ldexp(float_from(0x3F800000 | random() >> 9), std::ilogb(a) % 120);
    all.push_back({a, b, c});
  }
  return all;
}

TEST(FloatArithmetic, EveryRoundingAsTheHostsFpu) {
  for (const auto& [a, b, c] : triples()) {
    for (const Operation& operation : kOperations) {
      for (const auto& [rounding, host] : kRoundings) {
        volatile float x = a, y = b, z = c;
        const F32 expected = on_fpu(host, [&] { return operation.host(x, y, z); });
        ASSERT_EQ(operation.ours(f32(a), f32(b), f32(c), {.rounding = rounding}).bits,
                  expected.bits)
            << operation.name << std::hexfloat << " " << a << " " << b << " " << c << " in "
            << int(rounding);
      }
    }
  }
}

bool is_subnormal(float value) {
  return std::fpclassify(value) == FP_SUBNORMAL;
}
float flush(float value) {
  return is_subnormal(value) ? std::copysign(0.0f, value) : value;
}

// .ftz: subnormal operands are zeros, and so is a result that is subnormal when rounded.
TEST(FloatArithmetic, FlushesOperandsAndResults) {
  int flushed_results = 0;
  for (const auto& [a, b, c] : triples()) {
    for (const Operation& operation : kOperations) {
      for (const auto& [rounding, host] : kRoundings) {
        volatile float x = flush(a), y = flush(b), z = flush(c);
        const F32 exact = on_fpu(host, [&] { return operation.host(x, y, z); });
        flushed_results += is_subnormal(float_from(exact.bits));
        ASSERT_EQ(operation.ours(f32(a), f32(b), f32(c), {.rounding = rounding, .ftz = true}).bits,
                  f32(flush(float_from(exact.bits))).bits)
            << operation.name << std::hexfloat << " " << a << " " << b << " " << c << " in "
            << int(rounding);
      }
    }
  }
  EXPECT_GT(flushed_results, 1000);
}

TEST(FloatArithmetic, ResultsThatRoundToTheLeastNormalStay) {
  // (1 - 2^-24) * 2^-126 rounds to 2^-126, which is no subnormal.
  EXPECT_EQ(mul(F32{0x3F7FFFFF}, F32{0x00800000}, {}).bits, 0x00800000u);
  EXPECT_EQ(mul(F32{0x3F7FFFFF}, F32{0x00800000}, {.ftz = true}).bits, 0x00800000u);
  const Mode down = {.rounding = Rounding::kDown, .ftz = true};
  EXPECT_EQ(mul(F32{0x3F7FFFFF}, F32{0x00800000}, down).bits, 0u);
  EXPECT_EQ(mul(F32{0xBF7FFFFF}, F32{0x00800000}, {.rounding = Rounding::kUp, .ftz = true}).bits,
            0x80000000u);
}

TEST(FloatArithmetic, SaturatesToZeroAndOne) {
  const Mode sat = {.sat = true};
  EXPECT_EQ(add(f32(0.25f), f32(0.5f), sat), f32(0.75f));
  EXPECT_EQ(add(f32(0.75f), f32(0.5f), sat), f32(1));
  EXPECT_EQ(add(f32(-0.75f), f32(0.5f), sat), f32(0));
  EXPECT_EQ(add(f32(-0.0f), f32(-0.0f), sat), f32(0));
  EXPECT_EQ(mul(f32(HUGE_VALF), f32(2), sat), f32(1));
  EXPECT_EQ(mul(f32(HUGE_VALF), f32(-2), sat), f32(0));
  EXPECT_EQ(mul(f32(HUGE_VALF), f32(0), sat), f32(0));
  EXPECT_EQ(fma(F32{0x7F800001}, f32(1), f32(1), sat), f32(0));
  EXPECT_EQ(add(f32(0x1p-130f), f32(0), sat), f32(0x1p-130f));
  EXPECT_EQ(add(f32(0x1p-126f), f32(-0x1p-127f), {.ftz = true, .sat = true}), f32(0x1p-126f));
  EXPECT_EQ(add(f32(1), f32(0x1p-30f), {.rounding = Rounding::kUp, .sat = true}), f32(1));
}

TEST(FloatArithmetic, ANanResultIsTheCanonicalOne) {
  for (uint32_t nan : {0x7F800001u, 0xFFC00000u, 0x7FFFFFFFu}) {
    EXPECT_EQ(add(F32{nan}, f32(1), {}).bits, 0x7FFFFFFFu);
    EXPECT_EQ(mul(f32(1), F32{nan}, {.rounding = Rounding::kUp}).bits, 0x7FFFFFFFu);
    EXPECT_EQ(fma(f32(1), f32(1), F32{nan}, {.ftz = true}).bits, 0x7FFFFFFFu);
  }
  EXPECT_EQ(sqrt(f32(-1), {}).bits, 0x7FFFFFFFu);
}

TEST(FloatArithmetic, SignsAreBits) {
  EXPECT_EQ(abs(F32{0xFF812345}, false).bits, 0x7F812345u);
  EXPECT_EQ(neg(F32{0x7F812345}, false).bits, 0xFF812345u);
  EXPECT_EQ(neg(f32(0), false).bits, 0x80000000u);
  EXPECT_EQ(abs(F32{0x80000001}, false).bits, 1u);
  EXPECT_EQ(abs(F32{0x80000001}, true).bits, 0u);
  EXPECT_EQ(neg(F32{0x00000001}, true).bits, 0x80000000u);
  EXPECT_EQ(copysign(f32(-2), f32(3)), f32(-3));
  EXPECT_EQ(copysign(f32(2), f32(-3)), f32(3));
}

// A narrow operand is the f32 number that it stands for; there is one rounding.
TEST(FloatArithmetic, MixedOperands) {
  const Bf16 third{0x3EAB};
  const float wide = nvidia::float_of(third);
  std::mt19937 random(3);
  for (float c : float_samples(4)) {
    const F16 a{static_cast<uint16_t>(random())}, b{static_cast<uint16_t>(random())};
    const F32 x = f32(nvidia::float_of(a)), y = f32(nvidia::float_of(b));
    for (Rounding rounding :
         {Rounding::kNearest, Rounding::kZero, Rounding::kDown, Rounding::kUp}) {
      const Mode mode = {.rounding = rounding};
      EXPECT_EQ(mixed_add(a, f32(c), mode), add(x, f32(c), mode));
      EXPECT_EQ(mixed_sub(a, f32(c), mode), sub(x, f32(c), mode));
      EXPECT_EQ(mixed_fma(a, b, f32(c), mode), fma(x, y, f32(c), mode));
      EXPECT_EQ(mixed_fma(third, third, f32(c), mode), fma(f32(wide), f32(wide), f32(c), mode));
    }
  }
  // 2^-150 + 2^-149 is the middle of two subnormals; 2^-150 alone would be nothing.
  EXPECT_EQ(mixed_fma(Bf16{0x0D80}, Bf16{0x2680}, f32(0x1p-149f), {}), f32(0x1p-148f));
  EXPECT_EQ(mixed_sub(F16{0x3C00}, f32(3), {}), f32(-2));
  EXPECT_EQ(mixed_fma(Bf16{0x4000}, Bf16{0x4040}, f32(1), {.sat = true}), f32(1));
}

TEST(FloatArithmetic, PairsAreTwoOfOne) {
  const F32x2 a{0x4000000040400000}, b{0x3F800000C0000000};  // (2, 3), (1, -2)
  const auto sum = each_half([](F32 x, F32 y) { return add(x, y, {}); }, a, b);
  EXPECT_EQ(sum.bits, 0x404000003F800000u);  // (3, 1)
  EXPECT_EQ(element(a, 1).bits, 0x40000000u);
  EXPECT_EQ(element(a, 0).bits, 0x40400000u);
}

}  // namespace
}  // namespace ptxsim
