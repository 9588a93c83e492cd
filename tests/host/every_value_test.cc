// Every 16-bit value, every special in every lane, and random f32, against the oracle.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "base/format.h"
#include "tests/host/host_call.h"

namespace fp4jit {
namespace {

using Blocks = std::vector<uint32_t>;  // bits of whole blocks, one after the other

std::string hex(const std::vector<uint32_t>& values) {
  std::string text;
  for (uint32_t value : values) text += formatted("{:x} ", value);
  return text;
}

// Each block is a row, so that a failure names one block.
void expect_as_oracle(const oracle::Request& request, const Blocks& blocks) {
  const size_t length = static_cast<size_t>(oracle::block_length(request.format));
  Spec spec = host_spec(request.format, request.numerics, request.in);
  spec.scale = request.scale;
  spec.ue8m0 = request.ue8m0;
  const GuardedBytes input = store_elements(request.in, blocks);
  const int64_t rows = static_cast<int64_t>(blocks.size() / length);
  const HostOutput output =
      run_host(spec, input.data(), {rows, static_cast<int64_t>(length), 0}, request.global_scale);
  const size_t row_bytes = output.data.size() / static_cast<size_t>(rows);
  for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
    const Blocks elements(blocks.begin() + static_cast<int64_t>(row * length),
                          blocks.begin() + static_cast<int64_t>((row + 1) * length));
    const oracle::Block expected = oracle::quantize_block(request, elements);
    const uint8_t* data = output.data.data() + row * row_bytes;
    ASSERT_EQ(output.sf.data()[row], expected.sf)
        << spec_text(spec) << " gs=" << request.global_scale << " block " << hex(elements);
    ASSERT_EQ(std::vector<uint8_t>(data, data + row_bytes),
              oracle::pack(request.format, expected.codes))
        << spec_text(spec) << " gs=" << request.global_scale << " block " << hex(elements);
  }
}

constexpr uint32_t kEveryValue = 1 << 16;

// The values in order, so that a block holds neighbours; and each alone among zeros.
Blocks every_value_beside_its_neighbours() {
  Blocks blocks(kEveryValue);
  for (uint32_t value = 0; value < kEveryValue; ++value) blocks[value] = value;
  return blocks;
}

Blocks every_value_alone(size_t length) {
  Blocks blocks(kEveryValue * length);
  for (uint32_t value = 0; value < kEveryValue; ++value) {
    blocks[value * length + value * 7 % length] = value;
  }
  return blocks;
}

// A partner of the first value's magnitude, times up to 8, makes the other lanes' codes
// interesting.
Blocks every_value_among_partners(size_t length, uint32_t seed) {
  std::mt19937 random(seed);
  Blocks blocks;
  for (uint32_t value = 0; value < kEveryValue; ++value) {
    for (size_t lane = 0; lane < length; ++lane) {
      blocks.push_back(lane == value * 5 % length ? value : (value ^ random() % 0x400) & 0xffff);
    }
  }
  return blocks;
}

class EveryValue : public testing::TestWithParam<Dtype> {};

TEST_P(EveryValue, IsAsTheOracleSays) {
  for_each_recipe([&](const Spec& recipe) {
    const size_t length = static_cast<size_t>(oracle::block_length(recipe.format));
    const oracle::Request request = request_of(recipe, GetParam(), 336.0f);
    expect_as_oracle(request, every_value_beside_its_neighbours());
    expect_as_oracle(request, every_value_alone(length));
    expect_as_oracle(request, every_value_among_partners(length, 1));
  });
}

INSTANTIATE_TEST_SUITE_P(Inputs, EveryValue, testing::Values(Dtype::kF16, Dtype::kBf16),
                         [](const auto& info) { return std::string(enum_name(info.param)); });

// Bits of both zeros, the subnormals' ends, one, the greatest value, infinity and NaNs.
std::vector<uint32_t> specials(Dtype in) {
  const uint32_t one = in == Dtype::kF16 ? 0x3c00 : in == Dtype::kBf16 ? 0x3f80 : 0x3f800000;
  const uint32_t infinity = in == Dtype::kF16 ? 0x7c00 : in == Dtype::kBf16 ? 0x7f80 : 0x7f800000;
  const uint32_t least_normal = in == Dtype::kF16 ? 0x400 : in == Dtype::kBf16 ? 0x80 : 0x800000;
  const uint32_t sign = in == Dtype::kF32 ? 0x80000000 : 0x8000;
  std::vector<uint32_t> bits;
  for (uint32_t magnitude : {0u, 1u, least_normal - 1, least_normal, one, infinity - 1, infinity,
                             infinity + 1, sign - 1}) {
    bits.push_back(magnitude);
    bits.push_back(magnitude | sign);
  }
  return bits;
}

// Every special in every lane, on backgrounds of every special: NaNs in the even lanes, in the odd
// ones, everywhere, infinities beside them, and so on.
Blocks specials_in_every_lane(Dtype in, size_t length) {
  const std::vector<uint32_t> all = specials(in);
  Blocks blocks;
  for (uint32_t even : all) {
    for (uint32_t odd : all) {
      for (size_t special = 0; special < all.size(); ++special) {
        const size_t place = (special * 11 + even % 13 + odd % 7) % length;
        for (size_t lane = 0; lane < length; ++lane) {
          blocks.push_back(lane == place ? all[special] : lane % 2 == 0 ? even : odd);
        }
      }
    }
  }
  return blocks;
}

constexpr float kGlobalScales[] = {1.0f,      64.0f,     672.0f,   500.3f,   -2.0f,
                                   0.0f,      -0.0f,     1e30f,    1e-30f,   0x1p-149f,
                                   0x1p-127f, 0x1p-126f, 0x1p126f, 0x1p127f, 0x1.fffffep127f,
                                   HUGE_VALF, NAN};

TEST(SpecialValues, AreAsTheOracleSaysUnderEveryGlobalScale) {
  for_each_recipe([&](const Spec& recipe) {
    for (Dtype in : {Dtype::kF16, Dtype::kBf16, Dtype::kF32}) {
      const size_t length = static_cast<size_t>(oracle::block_length(recipe.format));
      const Blocks blocks = specials_in_every_lane(in, length);
      for (float global_scale : kGlobalScales) {
        expect_as_oracle(request_of(recipe, in, global_scale), blocks);
        if (recipe.format != Format::kNvfp4) break;  // MX knows no global scale
      }
    }
  });
}

// Maxima where a scale factor turns: f32 values about 6 and 448 times every power of two, and about
// the places where the product with 1/6 or 1/448 is subnormal.
TEST(ScaleBoundaries, AreAsTheOracleSays) {
  for_each_recipe([&](const Spec& recipe) {
    Blocks blocks;
    const size_t length = static_cast<size_t>(oracle::block_length(recipe.format));
    for (int exponent = -149; exponent < 128; ++exponent) {
      for (float factor : {1.0f, 1.5f, 1.75f}) {
        const uint32_t bits = std::bit_cast<uint32_t>(std::ldexp(factor, exponent));
        for (int ulp = -3; ulp <= 3; ++ulp) {
          Blocks block(length, bits / 2);
          block[5] = bits + static_cast<uint32_t>(ulp);
          block[6] = bits - (1u << 22);
          blocks.insert(blocks.end(), block.begin(), block.end());
        }
      }
    }
    for (float global_scale : {1.0f, 448.0f, 0x1p-60f, 0x1p100f}) {
      expect_as_oracle(request_of(recipe, Dtype::kF32, global_scale), blocks);
    }
  });
}

TEST(RandomValues, AreAsTheOracleSays) {
  std::mt19937 random(2);
  std::normal_distribution<float> normal;
  Blocks raw, gaussian;
  for (int i = 0; i < 32 * 3000; ++i) {
    raw.push_back(static_cast<uint32_t>(random()));
    gaussian.push_back(std::bit_cast<uint32_t>(normal(random)));
  }
  for_each_recipe([&](const Spec& recipe) {
    for (float global_scale : {1.0f, 2688.0f, 0.37f}) {
      expect_as_oracle(request_of(recipe, Dtype::kF32, global_scale), raw);
      expect_as_oracle(request_of(recipe, Dtype::kF32, global_scale), gaussian);
    }
  });
}

}  // namespace
}  // namespace fp4jit
