// Every value of the 16-bit types in every place of a block.
#include <bit>

#include "tests/kernels/element_bits.h"
#include "tests/kernels/operator_cases.h"

namespace fp4jit {
namespace {

constexpr int64_t kValues = 1 << 16;

class EveryValue : public OperatorTest {
 protected:
  std::vector<float> global_scales() const {
    if (format() != Format::kNvfp4) return {1.0f};
    return {1.0f, 672.0f, 448.0f * 6.0f / 65504.0f};
  }

  void expect_host_bytes_for_all(const Elements& elements) const {
    for (float global_scale : global_scales()) {
      expect_host_bytes(spec(), elements, global_scale);
      if (HasFatalFailure()) return;
    }
  }
};

// Block b has at lane l the value b with some bits flipped that depend on l alone: over all blocks
// each lane has each value once, and the lanes of a block are as far apart as those bits are high.
Elements every_value_at_every_lane(Dtype in, int lanes, uint32_t flipped) {
  Elements elements(in, kValues * lanes);
  for (int64_t block = 0; block < kValues; ++block) {
    for (int lane = 0; lane < lanes; ++lane) {
      const uint32_t flips = static_cast<uint32_t>(scrambled(flipped * 64u + lane)) & flipped;
      elements.set(block * lanes + lane, static_cast<uint32_t>(block) ^ flips);
    }
  }
  return elements;
}

TEST_P(EveryValue, AtEveryLane) {
  const ElementBits bits = element_bits(in());
  const uint32_t sign_and_mantissa = bits.sign() | bits.mantissa_mask();
  for (uint32_t exponents : {0u, 1u, 7u, bits.last_exponent()}) {
    const uint32_t flipped = sign_and_mantissa | bits.magnitude(exponents, 0);
    expect_host_bytes_for_all(every_value_at_every_lane(in(), sf_vec_size(spec()), flipped));
    if (HasFatalFailure()) return;
  }
}

// Magnitude b at one lane of block b, and none above it at the others.
TEST_P(EveryValue, AsTheMaximumOfABlock) {
  const ElementBits bits = element_bits(in());
  const int lanes = sf_vec_size(spec());
  Elements elements(in(), kValues / 2 * lanes);
  for (uint32_t magnitude = 0; magnitude < kValues / 2; ++magnitude) {
    for (int lane = 0; lane < lanes; ++lane) {
      const uint64_t random = scrambled(magnitude * 64u + lane);
      const uint32_t below = static_cast<uint32_t>(random) % bits.magnitude(4, 0);
      const uint32_t least = magnitude < below ? 0 : magnitude - below;
      const bool is_maximum = lane == static_cast<int>(scrambled(magnitude) % lanes);
      const uint32_t sign = random >> 63 ? bits.sign() : 0;
      elements.set(int64_t{magnitude} * lanes + lane, (is_maximum ? magnitude : least) | sign);
    }
  }
  expect_host_bytes_for_all(elements);
}

INSTANTIATE_TEST_SUITE_P(Operators, EveryValue, every_operator({Dtype::kF16, Dtype::kBf16}),
                         operator_name);

}  // namespace
}  // namespace fp4jit
