// Conversions of the templates against NVIDIA's host headers.
#include "tests/kernels/conversions.h"

#include <gtest/gtest.h>

#include <utility>

namespace fp4jit {
namespace {

using on_device::Format;
using on_device::Reach;

// Every f16 value, and every bf16 value with its two neighbours on both sides: every boundary of
// rounding to E2M1, E4M3 and UE8M0 is a bf16 value.
template <class Visit>
void for_each_value_near_16_bits(Visit visit) {
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    visit(nvidia_from_f16(static_cast<uint16_t>(bits)));
    for (uint32_t ulps = 0; ulps < 5; ++ulps) visit(std::bit_cast<float>((bits << 16) + ulps - 2));
  }
}

// Counts instead of failing at each: a wrong constant makes thousands.
template <class Agrees>
void expect_all_agree(Agrees agrees) {
  int wrong = 0;
  float first = 0;
  for_each_value_near_16_bits([&](float value) {
    if (agrees(value)) return;
    if (wrong++ == 0) first = value;
  });
  EXPECT_EQ(wrong, 0) << "first at " << std::hexfloat << first;
}

TEST(Conversions, E2m1) {
  expect_all_agree(e2m1_agrees);
}
TEST(Conversions, E4m3) {
  expect_all_agree(e4m3_agrees);
}
TEST(Conversions, Ue8m0) {
  expect_all_agree([](float value) { return std::signbit(value) || ue8m0_agrees(value); });
}

// Eight values in a row at a time, which turn through the lanes.
template <Reach kReach>
void expect_small_values_agree() {
  float lanes[8] = {};
  int lane = 0;
  expect_all_agree([&](float value) {
    if (!(std::fabs(value) < kBound<kReach>)) return true;
    lanes[lane++ % 8] = value;
    return e2m1x8_small_agrees<kReach>(lanes);
  });
}

TEST(Conversions, E2m1OfSmallValues) {
  expect_small_values_agree<Reach::kBelow7>();
  expect_small_values_agree<Reach::kBelow8>();
}

// Bf16 pairs times every power of two that leaves them in reach.
template <int kSm, Reach kReach>
int wrong_bf16_blocks(uint32_t exponent) {
  const float multiplier = std::bit_cast<float>(exponent << 23);
  uint32_t halves[8] = {}, codes[8] = {};
  int wrong = 0;
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    const float scaled = std::bit_cast<float>(bits << 16) * multiplier;
    if (!(std::fabs(scaled) < kBound<kReach>)) continue;
    halves[bits % 8] = bits;
    codes[bits % 8] = nvidia_e2m1(scaled);
    uint32_t words[4], expected = 0;
    for (int i = 0; i < 4; ++i) words[i] = halves[2 * i] | halves[2 * i + 1] << 16;
    for (int i = 0; i < 8; ++i) expected |= codes[i] << 4 * i;
    wrong += on_device::e2m1x8_bf16<kSm, kReach>(words, on_device::bf16_multiplier(exponent)) !=
             expected;
  }
  return wrong;
}

TEST(Conversions, E2m1OfBf16Pairs) {
  for (uint32_t exponent = 8; exponent <= 254; exponent += exponent % 20 == 0 ? 1 : 3) {
    for (auto wrong :
         {wrong_bf16_blocks<80, Reach::kBelow7>, wrong_bf16_blocks<80, Reach::kBelow8>,
          wrong_bf16_blocks<90, Reach::kBelow7>, wrong_bf16_blocks<90, Reach::kBelow8>}) {
      EXPECT_EQ(wrong(exponent), 0) << "multiplier 2^" << int(exponent) - 127;
    }
  }
}

// The emulated fused operation on the operands that it gets: sums from 2 to 4, where bf16 has units
// of 2^-6.
TEST(Conversions, Bf16MultiplyAddRoundsOnce) {
  for (float addend : {2.0f, 2.03125f, 2.0625f}) {
    const uint32_t addend_bits = std::bit_cast<uint32_t>(addend) >> 16;
    for (uint32_t exponent = 1; exponent < 255; exponent += 3) {
      const float power = std::bit_cast<float>(exponent << 23);
      for (uint32_t bits = 0; bits < 0x7F80; ++bits) {
        const double sum =
            double{std::bit_cast<float>(bits << 16)} * double{power} + double{addend};
        if (sum >= 4 - 1.0 / 128) break;
        const float expected = static_cast<float>(std::nearbyint(sum * 64) / 64);
        ASSERT_EQ(on_device::fma_bf16(bits, exponent << 7, addend_bits),
                  std::bit_cast<uint32_t>(expected) >> 16)
            << std::hex << bits << " times 2^" << std::dec << int(exponent) - 127 << " plus "
            << addend;
      }
    }
  }
}

TEST(Conversions, OrderOfPackedCodes) {
  const float values[8] = {0, -0.5f, 1, 1.5f, -2, 3, 4, -6};
  EXPECT_EQ(on_device::e2m1x8_mul_rn(values, 1.0f), 0xF65C3290u);
  EXPECT_EQ(on_device::e2m1x8_mul_ftz(values, 1.0f), 0xF65C3290u);
  const uint32_t bf16[4] = {0xBF000000u, 0x3FC03F80u, 0x4040C000u, 0xC0C04080u};
  EXPECT_EQ(on_device::e2m1x8_mul_bf16(bf16, 0x3F803F80u), 0xF65C3290u);
  EXPECT_EQ(on_device::e4m3x4<80>(values), 0x3C38B000u);
  EXPECT_EQ(on_device::e4m3x4<89>(values), 0x3C38B000u);
}

TEST(Conversions, FromE4m3) {
  for (uint32_t code = 0; code < 256; ++code) {
    const float expected = nvidia_from_e4m3(static_cast<uint8_t>(code));
    float integers[2], hardware[2], usual[2];
    on_device::f32x2_from_e4m3x2<80>(code << 8 | 0x38, integers);
    on_device::f32x2_from_e4m3x2<89>(code << 8 | 0x38, hardware);
    on_device::f32x2_from_usual_e4m3x2<80>(code | code << 8, usual);
    EXPECT_EQ(integers[0], 1.0f);
    EXPECT_EQ(hardware[0], 1.0f);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(integers[1]) && std::isnan(hardware[1])) << code;
      continue;
    }
    const auto same_bits = [expected](float value) {
      return std::bit_cast<uint32_t>(value) == std::bit_cast<uint32_t>(expected);
    };
    EXPECT_TRUE(same_bits(integers[1]) && same_bits(hardware[1])) << code;
    EXPECT_TRUE(same_bits(on_device::f32_from_finite_e4m3(code))) << code;
    EXPECT_TRUE(code >= 0x80 || (same_bits(usual[0]) && same_bits(usual[1]))) << code;
  }
}

TEST(Conversions, FromF16) {
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    const float expected = nvidia_from_f16(static_cast<uint16_t>(bits));
    const float ours = on_device::f32_from_f16(bits);
    ASSERT_TRUE(std::isnan(expected)
                    ? std::isnan(ours)
                    : std::bit_cast<uint32_t>(ours) == std::bit_cast<uint32_t>(expected))
        << std::hex << bits;
  }
}

TEST(ScaleBytes, FromTheBitsOfTheMaximum) {
  for (auto agrees : {scale_byte_agrees<Format::kMxfp4>, scale_byte_agrees<Format::kMxfp8>}) {
    expect_all_agree([agrees](float value) {
      return !(value >= 0) || std::isinf(value) || agrees(std::bit_cast<uint32_t>(value));
    });
  }
}

// The greatest finite maximum over 6 has byte 253, over 448 it has 247.
template <Format kFormat, uint32_t... kBytes>
void expect_first_maxima(std::integer_sequence<uint32_t, kBytes...>) {
  constexpr uint32_t kLast = kFormat == Format::kMxfp8 ? 247 : 253;
  constexpr uint32_t kFirsts[] = {
      on_device::kFirstAmaxBits<kFormat, on_device::Ue8m0::kRceil, kBytes>...};
  for (uint32_t byte = 3; byte <= kLast; ++byte) {
    EXPECT_EQ(nvidia_scale_byte<kFormat>(kFirsts[byte]), byte);
    EXPECT_EQ(nvidia_scale_byte<kFormat>(kFirsts[byte] - 1), byte - 1);
  }
  EXPECT_EQ(nvidia_scale_byte<kFormat>(0x7F7FFFFF), kLast);
}

TEST(ScaleBytes, LeastMaximumOfEach) {
  expect_first_maxima<Format::kMxfp4>(std::make_integer_sequence<uint32_t, 254>());
  expect_first_maxima<Format::kMxfp8>(std::make_integer_sequence<uint32_t, 254>());
}

}  // namespace
}  // namespace fp4jit
