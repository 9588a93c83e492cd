#include "spec/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/spec/every_spec.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

int64_t up(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// The table of design §5, said a second time.
void expect_shape(const Spec& spec, int64_t m, int64_t k, int64_t k_out) {
  Result<Extent> extent = resolve_extent(spec, m, spec.k == 0 ? k : 0, spec.k == 0 ? k_out : 0);
  ASSERT_TRUE(extent.ok()) << extent.status().message();
  const OutputShape shape = output_shape(spec, *extent);
  const int64_t n = k_out / (spec.format == Format::kNvfp4 ? 16 : 32);
  EXPECT_EQ(shape.data_rows, m);
  EXPECT_EQ(shape.data_columns, spec.format == Format::kMxfp8 ? k_out : k_out / 2);
  const bool is_linear = spec.sf_layout == SfLayout::kLinear;
  const int64_t rows = spec.sf_layout == SfLayout::k128x4 ? up(m, 128) : up(m, 8);
  EXPECT_EQ(shape.sf_rows, is_linear ? m : rows);
  EXPECT_EQ(shape.sf_columns, is_linear ? n : up(n, 4));
  EXPECT_EQ(shape.data_bytes(), shape.data_rows * shape.data_columns);
  EXPECT_EQ(shape.sf_bytes(), shape.sf_rows * shape.sf_columns);
  const int64_t element = spec.in == Dtype::kF32 ? 4 : spec.in == Dtype::kE4m3 ? 1 : 2;
  EXPECT_EQ(input_bytes(spec, *extent), m * k * element);
}

TEST(OutputShape, FollowsTheTable) {
  for (const char* format : {"nvfp4", "mxfp4", "mxfp8"}) {
    for (const char* layout : {"linear", "128x4", "8x4"}) {
      for (const char* in : {"f16", "bf16", "f32"}) {
        for (int64_t m : {0, 1, 7, 8, 9, 127, 128, 129, 300}) {
          for (int64_t k : {32, 64, 4096, 7168, 28672}) {
            for (int64_t gap : {0, 32, 96}) {
              Spec spec = spec_of(std::string(format) + "_quantize[k=" + std::to_string(k) +
                                  ",k_out=" + std::to_string(k + gap) + ",in=" + in +
                                  ",layout=" + layout + "]@sm_100a");
              expect_shape(spec, m, k, k + gap);
              spec.k = spec.k_out = 0;
              expect_shape(spec, m, k, k + gap);
            }
          }
        }
      }
    }
  }
}

TEST(ResolveExtent, TakesTheSpecsOwnWidthAndNoOther) {
  const Spec spec = spec_of("nvfp4_quantize[k=4096,k_out=4352,in=bf16,layout=128x4]@sm_100a");
  for (int64_t k : {0, 4096}) {
    for (int64_t k_out : {0, 4352}) {
      Result<Extent> extent = resolve_extent(spec, 3, k, k_out);
      ASSERT_TRUE(extent.ok()) << extent.status().message();
      EXPECT_EQ(extent->k, 4096);
      EXPECT_EQ(extent->k_out, 4352);
    }
  }
  EXPECT_THAT(resolve_extent(spec, 3, 4080).status().message(),
              HasSubstr("k=4080 differs from the spec's k=4096"));
  EXPECT_THAT(resolve_extent(spec, 3, 4096, 4096).status().message(),
              HasSubstr("k_out=4096 differs from the spec's k_out=4352"));
  EXPECT_THAT(resolve_extent(spec, -1).status().message(),
              HasSubstr("m must not be negative; it is -1"));
}

TEST(ResolveExtent, ChecksARunTimeWidthLikeASpecs) {
  const Spec spec = spec_of("nvfp4_quantize[k=0,in=bf16,layout=128x4]@sm_100a");
  EXPECT_EQ(resolve_extent(spec, 3, 48)->k_out, 48);
  EXPECT_EQ(resolve_extent(spec, 3, 48, 64)->k_out, 64);
  EXPECT_THAT(resolve_extent(spec, 3, 232).status().message(), HasSubstr("232 = 14.5 blocks"));
  for (int64_t k : {int64_t{0}, int64_t{-16}, int64_t{1} << 40}) {
    EXPECT_EQ(resolve_extent(spec, 3, k).status().code(), StatusCode::kInvalidSpec) << k;
  }
  for (int64_t k_out : {int64_t{32}, int64_t{50}, int64_t{-48}, int64_t{1} << 40}) {
    EXPECT_THAT(resolve_extent(spec, 3, 48, k_out).status().message(), HasSubstr("k_out")) << k_out;
  }
}

TEST(ResolveExtent, RefusesWhatDoesNotFitIn63Bits) {
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  for (const char* text : {"nvfp4_quantize[k=4096,in=f32,layout=128x4]@sm_100a",
                           "mxfp8_quantize[k=8388576,in=f32,layout=8x4]@sm_100a",
                           "nvfp4_quantize[k=16,in=bf16,layout=linear]@sm_100a"}) {
    const Spec spec = spec_of(text);
    for (int64_t m : {kHuge, kHuge - 127, kHuge / 2, kHuge / int64_t{spec.k} / 2}) {
      Result<Extent> extent = resolve_extent(spec, m);
      ASSERT_FALSE(extent.ok()) << text << " m=" << m;
      EXPECT_EQ(extent.status().code(), StatusCode::kInvalidArgument);
      EXPECT_THAT(extent.status().message(), HasSubstr("beyond 2^63"));
    }
  }
}

// The greatest M that is accepted: all its sizes are positive and exact in 128 bits.
TEST(ResolveExtent, NeverLetsASizeOverflow) {
  for (const char* text : {"nvfp4_quantize[k=16,in=f32,layout=128x4]@sm_100a",
                           "mxfp8_quantize[k=8388576,in=f32,layout=128x4]@sm_100a",
                           "mxfp4_quantize[k=32,k_out=4096,in=f32,layout=8x4]@sm_100a"}) {
    const Spec spec = spec_of(text);
    int64_t accepted = 1, refused = std::numeric_limits<int64_t>::max();
    while (refused - accepted > 1) {
      const int64_t middle = accepted + (refused - accepted) / 2;
      (resolve_extent(spec, middle).ok() ? accepted : refused) = middle;
    }
    const Extent extent = *resolve_extent(spec, accepted);
    const OutputShape shape = output_shape(spec, extent);
    auto expect_exact = [&](int64_t bytes, int64_t rows, int64_t columns) {
      EXPECT_TRUE(static_cast<__int128>(rows) * columns == bytes) << text << " m=" << accepted;
      EXPECT_GE(rows, accepted);
    };
    expect_exact(shape.data_bytes(), shape.data_rows, shape.data_columns);
    expect_exact(shape.sf_bytes(), shape.sf_rows, shape.sf_columns);
    expect_exact(input_bytes(spec, extent), accepted, extent.k * 4);
  }
}

}  // namespace
}  // namespace fp4jit
