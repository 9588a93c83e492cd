#include "spec/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/count_allocations.h"
#include "tests/spec/every_spec.h"

namespace fp4jit {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// m=2, k=64 of bf16: 256 bytes of input, 64 of data, 8 of scales.
class CheckArguments : public testing::Test {
 protected:
  void expect_error(std::string_view name, std::string_view text) const {
    Status status = check_arguments(spec_, extent_, buffers_);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), AllOf(testing::StartsWith(std::string(name)), HasSubstr(text)));
  }

  Spec spec_ = spec_of("nvfp4_quantize[k=64,in=bf16,layout=linear]@sm_100a");
  Extent extent_ = *resolve_extent(spec_, 2);
  Buffers buffers_{.input = 0x1000, .global_scale = 0x2004, .data = 0x3000, .sf = 0x4000};
};

TEST_F(CheckArguments, TakesGoodOnesWithoutAllocating) {
  const int before = allocations_of_thread();
  const bool ok = check_arguments(spec_, extent_, buffers_).ok();
  EXPECT_EQ(allocations_of_thread() - before, 0);
  EXPECT_TRUE(ok);
}

TEST_F(CheckArguments, TakesNeighboursAndExactSizes) {
  buffers_ = {.input = 0x1000,
              .global_scale = 0x1148,
              .data = 0x1100,
              .sf = 0x1140,
              .input_bytes = 256,
              .data_bytes = 64,
              .sf_bytes = 8};
  Status status = check_arguments(spec_, extent_, buffers_);
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST_F(CheckArguments, LooksAtNothingForNoRows) {
  extent_ = *resolve_extent(spec_, 0);
  EXPECT_TRUE(check_arguments(spec_, extent_, Buffers{.input = 3}).ok());
}

TEST_F(CheckArguments, RefusesNull) {
  const Buffers good = buffers_;
  buffers_.input = 0;
  expect_error("input", "must not be null; the call needs 256 bytes");
  buffers_ = good;
  buffers_.data = 0;
  expect_error("data", "must not be null; the call needs 64 bytes");
  buffers_ = good;
  buffers_.sf = 0;
  expect_error("sf", "must not be null; the call needs 8 bytes");
  buffers_ = good;
  buffers_.global_scale = 0;
  expect_error("global_scale", "must not be null");
}

TEST_F(CheckArguments, NeedsNoGlobalScaleWhereTheFormatHasNone) {
  spec_ = spec_of("mxfp4_quantize[k=64,in=bf16,layout=linear]@sm_100a");
  buffers_.global_scale = 0;
  EXPECT_TRUE(check_arguments(spec_, extent_, buffers_).ok());
  buffers_.global_scale = buffers_.data + 1;
  EXPECT_TRUE(check_arguments(spec_, extent_, buffers_).ok());
}

TEST_F(CheckArguments, RefusesMisalignment) {
  const Buffers good = buffers_;
  for (uintptr_t Buffers::*buffer : {&Buffers::input, &Buffers::data, &Buffers::sf}) {
    for (uintptr_t off : {1, 2, 4, 8, 15}) {
      buffers_ = good;
      buffers_.*buffer += off;
      expect_error("", "must be aligned to 16 bytes; it is 0x");
    }
  }
  buffers_ = good;
  buffers_.input = 0x1008;
  expect_error("input", "it is 0x1008, 8 bytes beyond");
  buffers_ = good;
  buffers_.global_scale = 0x2002;
  expect_error("global_scale", "must be aligned to 4 bytes; it is 0x2002");
}

TEST_F(CheckArguments, RefusesSmallBuffers) {
  const Buffers good = buffers_;
  buffers_.input_bytes = 255;
  expect_error("input", "has 255 bytes; the call needs 256");
  buffers_ = good;
  buffers_.data_bytes = 63;
  expect_error("data", "has 63 bytes; the call needs 64");
  buffers_ = good;
  buffers_.sf_bytes = 7;
  expect_error("sf", "has 7 bytes; the call needs 8");
  buffers_ = good;
  buffers_.sf_bytes = -1;
  expect_error("sf", "has -1 bytes");
}

TEST_F(CheckArguments, RefusesOverlap) {
  const Buffers good = buffers_;
  for (uintptr_t data : {0x1000, 0x10f0, 0x0fd0, 0x1080}) {
    buffers_.data = data;
    expect_error("data [", "overlaps input [0x1000, 0x1100)");
  }
  buffers_ = good;
  buffers_.sf = 0x3030;
  expect_error("data [0x3000, 0x3040)", "overlaps sf [0x3030, 0x3038)");
  buffers_ = good;
  buffers_.sf = 0x10f0;
  expect_error("sf", "overlaps input");
  buffers_ = good;
  buffers_.global_scale = 0x4004;
  expect_error("sf", "overlaps global_scale");
}

TEST_F(CheckArguments, RefusesARangeThatWrapsAround) {
  buffers_.data = ~uintptr_t{0} - 15;
  expect_error("data", "beyond the address space");
}

}  // namespace
}  // namespace fp4jit
