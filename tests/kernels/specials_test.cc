// Blocks that a model never makes, and global scales that it never has.
#include <bit>
#include <cmath>
#include <limits>

#include "tests/kernels/element_bits.h"
#include "tests/kernels/operator_cases.h"

namespace fp4jit {
namespace {

// Both signs of each exponent that means something with each mantissa that does: zeros, subnormals,
// powers of two, ties, the greatest, infinities, NaNs.
std::vector<uint32_t> special_values(Dtype in) {
  const ElementBits bits = element_bits(in);
  const uint32_t last = bits.last_exponent(), half = 1u << (bits.mantissa_bits - 1);
  std::vector<uint32_t> values;
  for (uint32_t exponent : {0u, 1u, bits.bias() - 9, bits.bias() - 1, bits.bias() + 2,
                            bits.bias() + 8, last - 1, last}) {
    for (uint32_t mantissa : {0u, 1u, half, bits.mantissa_mask()}) {
      values.push_back(bits.magnitude(exponent, mantissa));
      values.push_back(bits.magnitude(exponent, mantissa) | bits.sign());
    }
  }
  return values;
}

// Which lanes of a block hold one value; the rest hold another.
std::vector<uint32_t> lane_patterns(int lanes) {
  const uint32_t even = 0x55555555u, first = 1u, last = 1u << (lanes - 1);
  return {even, ~even, first, first << 1, last, last >> 1, ~last};
}

Elements every_pair_of_specials(Dtype in, int lanes) {
  const std::vector<uint32_t> values = special_values(in), patterns = lane_patterns(lanes);
  const size_t blocks = patterns.size() * values.size() * values.size();
  const int64_t padded = static_cast<int64_t>((blocks + 3) / 4 * 4) * lanes;
  Elements elements(in, padded);
  int64_t index = 0;
  for (uint32_t pattern : patterns) {
    for (uint32_t value : values) {
      for (uint32_t other : values) {
        for (int lane = 0; lane < lanes; ++lane) {
          elements.set(index++, pattern >> lane & 1 ? value : other);
        }
      }
    }
  }
  return elements;
}

// Each exponent with a mantissa at and beside the places where a scale changes: 1, 1.5 (of 6), 1.75
// (of 448) and 2; the other lanes lie below by up to eight powers of two.
Elements maxima_at_scale_steps(Dtype in, int lanes) {
  const ElementBits bits = element_bits(in);
  const uint32_t one = bits.magnitude(1, 0);
  constexpr int kTurns = 4;
  const std::vector<uint32_t> steps = {0, one / 2, one / 2 + one / 4};
  Elements elements(in, int64_t{bits.last_exponent() + 1} * kTurns * 3 * 3 * lanes * 4);
  int64_t index = 0;
  for (uint32_t exponent = 0; exponent <= bits.last_exponent(); ++exponent) {
    for (uint32_t turn = 0; turn < kTurns * 4; ++turn) {
      for (uint32_t step : steps) {
        for (uint32_t ulp : {0u, 1u, 2u}) {
          const uint32_t amax = (exponent * one + step + ulp - 1) & (bits.sign() - 1);
          for (int lane = 0; lane < lanes; ++lane, ++index) {
            const uint64_t random = scrambled(static_cast<uint64_t>(index));
            const uint32_t below = static_cast<uint32_t>(random) % (8 * one);
            const uint32_t other = amax < below ? amax / 2 : amax - below;
            const bool is_amax = lane == static_cast<int>(turn * 5) % lanes;
            elements.set(index, (is_amax ? amax : other) | (random >> 63 ? bits.sign() : 0));
          }
        }
      }
    }
  }
  return elements;
}

// 2688 = 448*6 over the greatest number of each type, and what no tensor's maximum gives.
std::vector<float> global_scales(Format format) {
  if (format != Format::kNvfp4) return {1.0f};
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> scales = {
      1.0f,    672.0f,    2688.0f / 65504.0f, 2688.0f / 3.3895314e38f, 0.0f,   -0.0f,  -1.0f,
      -672.0f, kInfinity, -kInfinity,         std::nanf(""),           1e-38f, 1e-45f, 3e38f};
  // From 2^-19 to 2^120 the fast path may run; further out it would lose bits.
  for (float edge : {0x1p-19f, 0x1p120f}) {
    scales.insert(scales.end(),
                  {std::nextafter(edge, 0.0f), edge, std::nextafter(edge, kInfinity)});
  }
  scales.insert(scales.end(), {0x1.8p-21f, 0x1.8p-22f, 0x1.8p-23f, 0x1.8p121f, 0x1.8p125f});
  return scales;
}

class Specials : public OperatorTest {
 protected:
  void expect_host_bytes_for_all(const Elements& elements) const {
    for (float global_scale : global_scales(format())) {
      expect_host_bytes(spec(), elements, global_scale);
      if (HasFatalFailure()) return;
    }
  }
};

TEST_P(Specials, InEveryPairAndPlace) {
  expect_host_bytes_for_all(every_pair_of_specials(in(), sf_vec_size(spec())));
}

TEST_P(Specials, MaximaAtScaleSteps) {
  expect_host_bytes_for_all(maxima_at_scale_steps(in(), sf_vec_size(spec())));
}

INSTANTIATE_TEST_SUITE_P(Operators, Specials,
                         every_operator({Dtype::kF16, Dtype::kBf16, Dtype::kF32}), operator_name);

}  // namespace
}  // namespace fp4jit
