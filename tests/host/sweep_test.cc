// Every byte of both outputs is written, none outside, and each is the oracle's.
#include <gtest/gtest.h>

#include <random>

#include "tests/host/host_call.h"

namespace fp4jit {
namespace {

constexpr int64_t kRows[] = {0, 1, 7, 8, 9, 127, 128, 129, 300};
constexpr int64_t kWidths[] = {16, 32, 48, 464, 4096, 7168, 28672};
constexpr float kGlobalScale = 37.5f;

// Random bits, large enough for every shape. Exponents are kept in the middle, so that few blocks
// are ruled by infinities and NaNs.
const GuardedBytes& shared_input(Dtype in) {
  auto make = [](Dtype dtype) {
    std::mt19937 random(3);
    GuardedBytes input(int64_t{300} * 28672 * dtype_bytes(dtype), 0);
    const size_t width = static_cast<size_t>(dtype_bytes(dtype));
    for (size_t i = 0; i + width <= input.size(); i += width) {
      const uint32_t bits = static_cast<uint32_t>(random());
      const uint32_t kept =
          dtype == Dtype::kF32 ? (bits & 0x83ffffff) | 0x3c000000 : (bits & 0x83ff) | 0x3c00;
      std::memcpy(input.data() + i, &kept, width);
    }
    return input;
  };
  static const GuardedBytes f16 = make(Dtype::kF16), bf16 = make(Dtype::kBf16),
                            f32 = make(Dtype::kF32);
  return in == Dtype::kF16 ? f16 : in == Dtype::kBf16 ? bf16 : f32;
}

std::vector<uint32_t> block_bits(Dtype in, int64_t first, int64_t length) {
  const size_t width = static_cast<size_t>(dtype_bytes(in));
  std::vector<uint32_t> bits(static_cast<size_t>(length));
  const uint8_t* begin = shared_input(in).data() + static_cast<size_t>(first) * width;
  for (size_t i = 0; i < bits.size(); ++i) std::memcpy(&bits[i], begin + i * width, width);
  return bits;
}

struct Case {
  Spec spec;
  Extent extent;
};

// What the whole output must hold for the rows that the oracle works out, and zero for the padding.
class Expected {
 public:
  Expected(const Case& test, const HostOutput& output) : case_(test), output_(output) {}

  void expect_row(int64_t m) const {
    const auto& [spec, extent] = case_;
    const int64_t length = oracle::block_length(spec.format);
    const int64_t n = extent.k_out / length;
    const int64_t row_bytes = static_cast<int64_t>(output_.data.size()) / extent.m;
    std::vector<uint8_t> data;
    for (int64_t block = 0; block < extent.k / length; ++block) {
      const oracle::Block expected =
          oracle::quantize_block(request_of(spec, spec.in, kGlobalScale),
                                 block_bits(spec.in, m * extent.k + block * length, length));
      const std::vector<uint8_t> bytes = oracle::pack(spec.format, expected.codes);
      data.insert(data.end(), bytes.begin(), bytes.end());
      ASSERT_EQ(output_.sf.data()[oracle::sf_offset(spec.sf_layout, n, m, block)], expected.sf);
    }
    data.resize(static_cast<size_t>(row_bytes));  // the gap
    const uint8_t* row = output_.data.data() + m * row_bytes;
    ASSERT_EQ(std::vector<uint8_t>(row, row + row_bytes), data) << "row " << m;
  }

  void expect_zero_padding() const {
    const auto& [spec, extent] = case_;
    const int64_t length = oracle::block_length(spec.format);
    const int64_t n = extent.k_out / length;
    std::vector<bool> is_padding(output_.sf.size(), true);
    for (int64_t m = 0; m < extent.m; ++m) {
      for (int64_t column = 0; column < extent.k / length; ++column) {
        is_padding.at(static_cast<size_t>(oracle::sf_offset(spec.sf_layout, n, m, column))) = false;
      }
    }
    for (size_t i = 0; i < is_padding.size(); ++i) {
      if (is_padding[i]) {
        ASSERT_EQ(output_.sf.data()[i], 0) << "scale byte " << i;
      }
    }
  }

 private:
  const Case& case_;
  const HostOutput& output_;
};

void expect_whole_output(const Case& test) {
  SCOPED_TRACE(spec_text(test.spec) + " m=" + std::to_string(test.extent.m));
  const void* input = shared_input(test.spec.in).data();
  const HostOutput output = run_host(test.spec, input, test.extent, kGlobalScale, 0x7F);
  ASSERT_TRUE(output == run_host(test.spec, input, test.extent, kGlobalScale, 0xFF))
      << "a byte is not written";
  const Expected expected(test, output);
  expected.expect_zero_padding();
  constexpr int64_t kFewElements = 1 << 14;
  const int64_t m = test.extent.m;
  const int64_t step = m * test.extent.k <= kFewElements ? 1 : m / 2 + 1;
  for (int64_t row = 0; row < m; row += step) expected.expect_row(row);
  if (m > 0) expected.expect_row(m - 1);
}

class Sweep : public testing::TestWithParam<std::tuple<Format, SfLayout>> {};

TEST_P(Sweep, LeavesNoByteUnwrittenAndNoneWrong) {
  const auto [format, layout] = GetParam();
  const uint32_t length = static_cast<uint32_t>(oracle::block_length(format));
  int turn = 0;
  for (int64_t m : kRows) {
    for (int64_t width : kWidths) {
      const uint32_t k = static_cast<uint32_t>(width);
      if (k % length != 0) continue;
      // Inputs and numerics take turns; the gap is none, one block, and more than a layout's
      // padding.
      const Dtype in =
          std::array{Dtype::kBf16, Dtype::kF16, Dtype::kF32}[static_cast<size_t>(turn) % 3];
      const auto numerics = static_cast<Numerics>(turn / 3 % std::size(kEnumTable<Numerics>));
      const uint32_t gap = std::array{0u, 1u, 7u}[static_cast<size_t>(turn / 2) % 3] * length;
      ++turn;
      const int64_t k_out = k + gap;
      expect_whole_output({host_spec(format, numerics, in, layout, k, k + gap), {m, k, k_out}});
      expect_whole_output({host_spec(format, numerics, in, layout), {m, k, k_out}});
      if (HasFatalFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Sweep,
    testing::Combine(testing::Values(Format::kNvfp4, Format::kMxfp4, Format::kMxfp8),
                     testing::Values(SfLayout::kLinear, SfLayout::k128x4, SfLayout::k8x4)),
    [](const auto& info) {
      return std::string(enum_name(std::get<0>(info.param))) + "_" +
             std::string(enum_name(std::get<1>(info.param)));
    });

TEST(Sweep, WritesNothingForNoRows) {
  const Spec spec =
      host_spec(Format::kNvfp4, Numerics::kExact, Dtype::kBf16, SfLayout::k128x4, 4096);
  uint8_t data = 0x55, sf = 0x55;
  host::QuantizeCall call{.data = &data, .sf = &sf, .extent = *resolve_extent(spec, 0)};
  EXPECT_TRUE(host::quantize(spec, call).ok());
  EXPECT_EQ(data, 0x55);
  EXPECT_EQ(sf, 0x55);
}

}  // namespace
}  // namespace fp4jit
