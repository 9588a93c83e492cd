#include "device/launch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "spec/geometry.h"
#include "spec/text.h"
#include "tests/fakes/count_allocations.h"
#include "tests/fakes/fake_driver.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

class Launch : public testing::Test {
 protected:
  LoadedKernel kernel(const char* spec) {
    LoadedKernel kernel;
    kernel.spec = *parse_spec(spec);
    kernel.device = *devices_.get(0);
    kernel.function = reinterpret_cast<CUfunction>(0x3001);
    return kernel;
  }

  static LaunchArguments arguments(int64_t m) {
    LaunchArguments arguments;
    arguments.m = m;
    arguments.buffers = {0x10000000, 0x20000000, 0x30000000, 0x40000000};
    arguments.stream = reinterpret_cast<CUstream>(0x77);
    return arguments;
  }

  static constexpr const char* kSpec = "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_90";
  FakeDriver driver_;
  Devices devices_{[this] { return Result<DriverApi>(driver_.api()); }};
};

TEST_F(Launch, HandsTheDriverGeometryAndArguments) {
  Status status = launch(kernel(kSpec), arguments(300));
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(driver_.launches().size(), 1u);
  FakeLaunch launch = driver_.launches()[0];
  LoadedKernel loaded = kernel(kSpec);
  LaunchGeometry expected = *launch_geometry(loaded.spec, *resolve_extent(loaded.spec, 300));
  EXPECT_THAT(launch.grid, testing::ElementsAreArray(expected.grid));
  EXPECT_THAT(launch.block, testing::ElementsAreArray(expected.block));
  EXPECT_EQ(launch.function, reinterpret_cast<CUfunction>(0x3001));
  EXPECT_EQ(launch.stream, reinterpret_cast<CUstream>(0x77));
  EXPECT_FALSE(launch.dependent);
  EXPECT_EQ(launch.args.input, reinterpret_cast<void*>(0x10000000));
  EXPECT_EQ(launch.args.global_scale, reinterpret_cast<float*>(0x20000000));
  EXPECT_EQ(launch.args.data, reinterpret_cast<unsigned char*>(0x30000000));
  EXPECT_EQ(launch.args.sf, reinterpret_cast<unsigned char*>(0x40000000));
  EXPECT_EQ(launch.args.m, 300);
  EXPECT_EQ(launch.args.blocks, 300 * 4096 / 16);
  EXPECT_EQ(launch.args.k, 4096u);
  EXPECT_EQ(launch.args.k_out, 4096u);
}

TEST_F(Launch, HandsTheDriverARunTimeK) {
  LaunchArguments call = arguments(8);
  call.k = 464;
  call.k_out = 512;
  ASSERT_TRUE(launch(kernel("nvfp4_quantize[k=0,in=bf16,layout=linear]@sm_90"), call).ok());
  EXPECT_EQ(driver_.launches()[0].args.k, 464u);
  EXPECT_EQ(driver_.launches()[0].args.k_out, 512u);
}

TEST_F(Launch, AsksForDependentLaunchWhereTheKernelSaysSo) {
  LoadedKernel dependent = kernel(kSpec);
  dependent.dependent_launch = true;
  ASSERT_TRUE(launch(dependent, arguments(1)).ok());
  EXPECT_TRUE(driver_.launches()[0].dependent);
}

TEST_F(Launch, CallsNoDriverForNoRows) {
  LoadedKernel loaded = kernel(kSpec);
  size_t before = driver_.sequence().size();
  LaunchArguments none;
  EXPECT_TRUE(launch(loaded, none).ok());
  EXPECT_EQ(driver_.sequence().size(), before);
}

TEST_F(Launch, ChecksArgumentsBeforeTheDriverSeesThem) {
  LaunchArguments call = arguments(8);
  call.buffers.data += 8;
  Status status = launch(kernel(kSpec), call);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("data must be aligned"));
  call = arguments(8);
  call.k = 4080;
  EXPECT_EQ(launch(kernel(kSpec), call).code(), StatusCode::kInvalidArgument);
  call = arguments(-1);
  EXPECT_EQ(launch(kernel(kSpec), call).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(driver_.calls("cuLaunchKernelEx"), 0);
}

TEST_F(Launch, UsesThePrimaryContextWhereAThreadHasNone) {
  driver_.default_stream_needs_context = true;
  LoadedKernel loaded = kernel(kSpec);
  LaunchArguments call = arguments(8);
  call.stream = nullptr;
  std::thread([&] {
    EXPECT_TRUE(launch(loaded, call).ok());
    EXPECT_EQ(FakeDriver::current_context(), nullptr);
  }).join();
  EXPECT_EQ(driver_.launches().size(), 1u);
  EXPECT_EQ(driver_.calls("cuLaunchKernelEx"), 2);
  EXPECT_EQ(driver_.calls("cuCtxPopCurrent"), 1);
}

TEST_F(Launch, DoesNotRetryOnAStreamOfItsOwn) {
  driver_.fail("cuLaunchKernelEx", CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_EQ(launch(kernel(kSpec), arguments(8)).code(), StatusCode::kDriver);
  EXPECT_EQ(driver_.calls("cuLaunchKernelEx"), 1);
}

TEST_F(Launch, NamesWhatTheDriverRefused) {
  driver_.fail("cuLaunchKernelEx", CUDA_ERROR_NO_BINARY_FOR_GPU);
  Status status = launch(kernel(kSpec), arguments(8));
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  for (const char* part : {kSpec, "m=8", "device 0", "CUDA_ERROR_NO_BINARY_FOR_GPU (209)"}) {
    EXPECT_THAT(status.message(), HasSubstr(part));
  }
}

int bare_launches = 0;

TEST_F(Launch, AllocatesNothing) {
  DriverApi api = driver_.api();
  api.launch_kernel_ex = [](const CUlaunchConfig*, CUfunction, void**, void**) {
    ++bare_launches;
    return CUDA_SUCCESS;
  };
  Device device = **devices_.get(0);
  device.api = &api;
  LoadedKernel loaded = kernel(kSpec);
  loaded.device = &device;
  LaunchArguments call = arguments(128);
  int before = allocations_of_thread();
  bool ok = launch(loaded, call).ok();
  EXPECT_EQ(allocations_of_thread() - before, 0);
  EXPECT_TRUE(ok);
  EXPECT_EQ(bare_launches, 1);
  before = allocations_of_thread();
  auto* volatile counted = new int;
  EXPECT_EQ(allocations_of_thread() - before, 1) << "allocations are not counted";
  delete counted;
}

}  // namespace
}  // namespace fp4jit
