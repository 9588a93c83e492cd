#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/host/host_call.h"

namespace fp4jit {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class HostArguments : public testing::Test {
 protected:
  void expect_error(StatusCode code, std::string_view text, host::QuantizeOptions options = {}) {
    Status status = host::quantize(spec_, call_, options);
    EXPECT_EQ(status.code(), code) << status.message();
    EXPECT_THAT(status.message(), HasSubstr(text));
  }

  Spec spec_ = host_spec(Format::kNvfp4, Numerics::kExact, Dtype::kBf16, SfLayout::k128x4, 64);
  GuardedBytes input_{2 * 64 * 2, 1}, data_{64, 2}, sf_{512, 3};
  float global_scale_ = 1;
  host::QuantizeCall call_{input_.data(), &global_scale_, data_.data(), sf_.data(),
                           *resolve_extent(spec_, 2)};
};

TEST_F(HostArguments, AreTakenWhenGood) {
  EXPECT_TRUE(host::quantize(spec_, call_).ok());
}

TEST_F(HostArguments, AreCheckedAsForALaunch) {
  const host::QuantizeCall good = call_;
  call_.global_scale = nullptr;
  expect_error(StatusCode::kInvalidArgument, "global_scale must not be null");
  call_ = good;
  call_.input = nullptr;
  expect_error(StatusCode::kInvalidArgument, "input must not be null");
  call_ = good;
  call_.data += 8;
  expect_error(StatusCode::kInvalidArgument, "data must be aligned to 16 bytes");
  call_ = good;
  call_.sf = call_.data;
  expect_error(StatusCode::kInvalidArgument, "overlaps");
}

TEST_F(HostArguments, RefuseAnExtentThatIsNotTheSpecs) {
  call_.extent.k = 128;
  expect_error(StatusCode::kInvalidArgument, "k=128 differs from the spec's k=64");
  call_.extent = {-1, 64, 64};
  expect_error(StatusCode::kInvalidArgument, "m must not be negative; it is -1");
  call_.extent = *resolve_extent(spec_, 2);
  expect_error(StatusCode::kInvalidArgument,
               "threads must be 0 (as many as are useful) or more; it is -3", {-3});
}

TEST_F(HostArguments, RefuseASpecWithoutATemplate) {
  spec_.scale = Scale::kInverse;
  expect_error(StatusCode::kUnsupported, "scale=inverse");
  spec_.scale = Scale::kTensor;
  spec_.in = Dtype::kE4m3;
  expect_error(StatusCode::kUnsupported, "in=e4m3");
  spec_.in = Dtype::kBf16;
  spec_.k = spec_.k_out = 232;
  expect_error(StatusCode::kInvalidSpec, "232 = 14.5 blocks");
}

TEST_F(HostArguments, WriteNothingWhenRefused) {
  call_.global_scale = nullptr;
  EXPECT_FALSE(host::quantize(spec_, call_).ok());
  EXPECT_TRUE(data_ == GuardedBytes(64, 2));
  EXPECT_TRUE(sf_ == GuardedBytes(512, 3));
}

}  // namespace
}  // namespace fp4jit
