#include "tests/host/conversion_judge.h"

#include <cmath>
#include <random>

#include "host/element.h"

namespace fp4jit {
namespace {

void expect_agreement_about(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  for (uint32_t sign : {0u, 0x80000000u}) {
    for (int ulp = -4; ulp <= 4; ++ulp) {
      const uint32_t near = (bits + static_cast<uint32_t>(ulp)) ^ sign;
      ASSERT_TRUE(conversions_agree(near)) << std::hex << near;
    }
  }
}

TEST(Conversions, WidenEveryHalf) {
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    __half_raw half;
    half.x = static_cast<uint16_t>(bits);
    const float expected = __half2float(half);
    const float value = host::Element<Dtype::kF16>::to_float(static_cast<uint16_t>(bits));
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(value)) << bits;
    } else {
      ASSERT_EQ(std::bit_cast<uint32_t>(value), std::bit_cast<uint32_t>(expected)) << bits;
    }
  }
}

TEST(Conversions, WidenEveryBfloat) {
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    __nv_bfloat16_raw bfloat;
    bfloat.x = static_cast<uint16_t>(bits);
    const float expected = __bfloat162float(bfloat);
    const float value = host::Element<Dtype::kBf16>::to_float(static_cast<uint16_t>(bits));
    ASSERT_EQ(std::bit_cast<uint32_t>(value), std::bit_cast<uint32_t>(expected)) << bits;
  }
}

TEST(Conversions, AgreeOnEveryHalfAndBfloat) {
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    const float half = host::Element<Dtype::kF16>::to_float(static_cast<uint16_t>(bits));
    ASSERT_TRUE(conversions_agree(std::bit_cast<uint32_t>(half))) << "f16 " << bits;
    ASSERT_TRUE(conversions_agree(bits << 16)) << "bf16 " << bits;
  }
}

TEST(Conversions, DecodeEveryE4m3) {
  for (int code = 0; code < 256; ++code) {
    __half_raw half = __nv_cvt_fp8_to_halfraw(static_cast<__nv_fp8_storage_t>(code), __NV_E4M3);
    const float expected = __half2float(half);
    const float value = host::float_from_e4m3(static_cast<uint8_t>(code));
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(value)) << code;
    } else {
      EXPECT_EQ(std::bit_cast<uint32_t>(value), std::bit_cast<uint32_t>(expected)) << code;
    }
  }
}

// Both neighbours of a rounding boundary and the boundary itself, for every code of every format.
TEST(Conversions, AgreeAroundEveryBoundary) {
  for (float middle : {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5.0f, 7.0f})
    expect_agreement_about(middle);
  for (int code = 0; code < 0x7e; ++code) {
    const float low = host::float_from_e4m3(static_cast<uint8_t>(code));
    const float high = host::float_from_e4m3(static_cast<uint8_t>(code + 1));
    expect_agreement_about(low);
    expect_agreement_about((low + high) / 2);
  }
  for (float value : {448.0f, 464.0f, 480.0f, 0x1p-10f, 0.0f}) expect_agreement_about(value);
  for (int exponent = -149; exponent < 128; ++exponent) {
    for (float factor : {1.0f, 1.5f}) expect_agreement_about(std::ldexp(factor, exponent));
  }
  expect_agreement_about(std::bit_cast<float>(0x7f800000));  // infinity, the greatest value, NaNs
}

TEST(Conversions, AgreeOnAWalkThroughAllFloats) {
  constexpr uint32_t kPrime = 1009;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += kPrime) {
    ASSERT_TRUE(conversions_agree(static_cast<uint32_t>(bits))) << std::hex << bits;
  }
}

// E2M1 and E4M3 in the words of their tables.
TEST(Conversions, KeepTheSignOfZeroAndDropThatOfNan) {
  EXPECT_EQ(host::e2m1_from_float(-0.0f), 8u);
  EXPECT_EQ(host::e2m1_from_float(-0.1f), 8u);
  EXPECT_EQ(host::e2m1_from_float(-NAN), 7u);
  EXPECT_EQ(host::e4m3_from_float(-0.0f), 0x80);
  EXPECT_EQ(host::e4m3_from_float(-NAN), 0x7f);
  EXPECT_EQ(host::e4m3_from_float(-HUGE_VALF), 0xfe);
  EXPECT_EQ(host::e4m3_from_float(1.0625f), 0x38);
  EXPECT_EQ(host::e4m3_from_float(1.1875f), 0x3a);
}

}  // namespace
}  // namespace fp4jit
