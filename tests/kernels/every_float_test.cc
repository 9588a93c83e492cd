// All 2^32 floats, in 16 parts. Run on 2026-11-21: release build, GCC 12.2, NVIDIA's headers of
// CUDA 13.0; all agreed.
#include <gtest/gtest.h>

#include "tests/kernels/conversions.h"

namespace fp4jit {
namespace {

using on_device::Format;
using on_device::Reach;

class EveryFloat : public testing::TestWithParam<uint32_t> {};

bool all_agree(uint32_t bits) {
  const float value = std::bit_cast<float>(bits);
  if (!e2m1_agrees(value) || !e4m3_agrees(value)) return false;
  if (std::signbit(value) || std::isnan(value)) return true;
  return ue8m0_agrees(value) && (std::isinf(value) || (scale_byte_agrees<Format::kMxfp4>(bits) &&
                                                       scale_byte_agrees<Format::kMxfp8>(bits)));
}

// Eight neighbours, the first at `bits`.
template <Reach kReach>
bool small_values_agree(uint32_t bits) {
  float values[8];
  for (uint32_t i = 0; i < 8; ++i) values[i] = std::bit_cast<float>(bits + i);
  return !(std::fabs(values[7]) < kBound<kReach>) || e2m1x8_small_agrees<kReach>(values);
}

TEST_P(EveryFloat, ConvertsAsNvidiaSays) {
  const uint32_t first = GetParam() << 28;
  for (uint32_t i = 0; i < 1u << 28; ++i) {
    if (!all_agree(first + i)) FAIL() << std::hex << first + i;
    if (i % 8 != 0) continue;
    ASSERT_TRUE(small_values_agree<Reach::kBelow7>(first + i)) << std::hex << first + i;
    ASSERT_TRUE(small_values_agree<Reach::kBelow8>(first + i)) << std::hex << first + i;
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, EveryFloat, testing::Range(0u, 16u));

}  // namespace
}  // namespace fp4jit
