#include <gtest/gtest.h>

#include <bit>

#include "base/format.h"
#include "tests/golden/quantize_vectors.h"
#include "tests/host/host_call.h"

namespace fp4jit {
namespace {

std::string hex(const uint8_t* bytes, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += formatted("{:02x}", bytes[i]);
  return text;
}

// The bits of `value` in `dtype`, where it has them.
std::optional<uint32_t> encode(Dtype dtype, float value) {
  if (dtype == Dtype::kF32) return std::bit_cast<uint32_t>(value);
  for (uint32_t bits = 0; bits < 1 << 16; ++bits) {
    const float decoded = oracle::decode(dtype, bits);
    if (std::bit_cast<uint32_t>(decoded) == std::bit_cast<uint32_t>(value)) return bits;
  }
  return std::nullopt;
}

std::optional<std::vector<uint32_t>> encode(Dtype dtype, const std::vector<float>& values) {
  std::vector<uint32_t> bits;
  for (float value : values) {
    std::optional<uint32_t> encoded = encode(dtype, value);
    if (!encoded) return std::nullopt;
    bits.push_back(*encoded);
  }
  return bits;
}

TEST(GoldenVectors, Hold) {
  int checked = 0;
  for (const golden::QuantizeVector& vector : golden::kQuantizeVectors) {
    for (Dtype in : {Dtype::kF16, Dtype::kBf16, Dtype::kF32}) {
      const auto bits = encode(in, vector.block);
      if (!bits) continue;
      for (Numerics numerics : {Numerics::kExact, Numerics::kTrtllm}) {
        const Spec spec = host_spec(vector.format, numerics, in);
        const GuardedBytes input = store_elements(in, *bits);
        const HostOutput output = run_host(
            spec, input.data(), {1, static_cast<int64_t>(bits->size()), 0}, vector.global_scale);
        EXPECT_EQ(output.sf.data()[0], vector.sf) << spec_text(spec) << " " << vector.name;
        EXPECT_EQ(hex(output.data.data(), output.data.size()), vector.bytes)
            << spec_text(spec) << " " << vector.name;
        ++checked;
      }
    }
  }
  EXPECT_GE(checked, 80);
}

// Blocks that the specification tells one by one.
TEST(GoldenVectors, SpecialBlocksOfMx) {
  const float infinity = HUGE_VALF, nan = NAN;
  auto bytes = [](Format format, Numerics numerics, std::vector<float> first) {
    first.resize(32);
    std::vector<uint32_t> bits;
    for (float value : first) bits.push_back(std::bit_cast<uint32_t>(value));
    const GuardedBytes input = store_elements(Dtype::kF32, bits);
    const HostOutput output =
        run_host(host_spec(format, numerics, Dtype::kF32), input.data(), {1, 32, 0}, 1.0f);
    return hex(output.sf.data(), 1) + ":" +
           hex(output.data.data(), format == Format::kMxfp8 ? 4 : 2);
  };
  for (Numerics numerics : {Numerics::kExact, Numerics::kTrtllm}) {
    // An infinity has scale 254 and multiplier 0: it is NaN, so +6 or 448; the finite are zeros.
    EXPECT_EQ(bytes(Format::kMxfp4, numerics, {infinity, -infinity, 1, -1}), "fe:7780");
    EXPECT_EQ(bytes(Format::kMxfp8, numerics, {infinity, -infinity, 1, -1}), "fe:7e7e0080");
    EXPECT_EQ(bytes(Format::kMxfp4, numerics, {nan, -6, 6, -0.0f}), "7f:f787");
    EXPECT_EQ(bytes(Format::kMxfp8, numerics, {-nan, -448, 448, -0.0f}), "7f:7efe7e80");
    EXPECT_EQ(bytes(Format::kMxfp4, numerics, {0, -0.0f, 0, 0}), "00:8000");
    EXPECT_EQ(bytes(Format::kMxfp8, numerics, {0, -0.0f, 0, 0}), "00:00800000");
  }
}

TEST(GoldenVectors, AScaleThatRoundsToZeroGivesZeroCodesUnderTrtllm) {
  std::vector<uint32_t> bits(16);
  bits[0] = std::bit_cast<uint32_t>(0.005f);
  bits[1] = std::bit_cast<uint32_t>(-0.003f);
  const GuardedBytes input = store_elements(Dtype::kF32, bits);
  const HostOutput output = run_host(host_spec(Format::kNvfp4, Numerics::kTrtllm, Dtype::kF32),
                                     input.data(), {1, 16, 0}, 1.0f);
  EXPECT_EQ(output.sf.data()[0], 0);
  EXPECT_EQ(hex(output.data.data(), 8), "8000000000000000");
}

}  // namespace
}  // namespace fp4jit
