#include "device/kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec/text.h"
#include "tests/fakes/fake_driver.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

class LoadKernel : public testing::Test {
 protected:
  const Device& device(int ordinal = 0) { return **devices_.get(ordinal); }

  Result<LoadedKernel> load(const Device& device) {
    return load_kernel(libraries_, device, spec_, image_);
  }

  FakeDriver driver_{{{9, 0, "Fake H100"}, {9, 0, "Fake H100"}, {8, 9, "Fake L40"}}};
  Devices devices_{[this] { return Result<DriverApi>(driver_.api()); }};
  LibraryTable libraries_;
  std::string bytes_ = "the cubin";
  Spec spec_ = *parse_spec("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_90");
  KernelImage image_{&bytes_, "fake_kernel", {1, 2}, 12000, true};
};

TEST_F(LoadKernel, BringsTheCodeToTheDevice) {
  const Device& gpu = device();
  Result<LoadedKernel> kernel = load(gpu);
  ASSERT_TRUE(kernel.ok()) << kernel.status().message();
  EXPECT_NE(kernel->handle, nullptr);
  EXPECT_EQ(kernel->spec, spec_);
  EXPECT_EQ(kernel->device, &gpu);
  EXPECT_EQ(kernel->registers, 32);
  EXPECT_EQ(driver_.images(), std::vector<std::string>{"the cubin"});
  EXPECT_EQ(driver_.calls("cuFuncLoad"), 1);
}

TEST_F(LoadKernel, LeavesTheThreadAsItWas) {
  ASSERT_TRUE(load(device()).ok());
  EXPECT_EQ(driver_.loads_outside_relaxed_capture(), 0);
  EXPECT_EQ(FakeDriver::capture_mode(), CU_STREAM_CAPTURE_MODE_GLOBAL);
  EXPECT_EQ(FakeDriver::current_context(), nullptr);
}

TEST_F(LoadKernel, LoadsAnArtifactOnceForAllDevices) {
  Result<LoadedKernel> first = load(device(0)), second = load(device(1));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(driver_.calls("cuLibraryLoadData"), 1);
  EXPECT_EQ(driver_.calls("cuFuncLoad"), 2);
  EXPECT_EQ(first->handle, second->handle);
}

TEST_F(LoadKernel, LoadsDifferentArtifactsSeparately) {
  ASSERT_TRUE(load(device()).ok());
  image_.key.low = 3;
  ASSERT_TRUE(load(device()).ok());
  EXPECT_EQ(driver_.calls("cuLibraryLoadData"), 2);
}

TEST_F(LoadKernel, DoesWithoutCuFuncLoad) {
  DriverApi api = driver_.api();
  api.func_load = nullptr;
  Device gpu = device();
  gpu.api = &api;
  EXPECT_TRUE(load(gpu).ok());
  EXPECT_EQ(driver_.calls("cuFuncLoad"), 0);
}

TEST_F(LoadKernel, RefusesATargetThatTheDeviceCannotRun) {
  Status status = load(device(2)).status();
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr("sm_90"));
  EXPECT_THAT(status.message(), HasSubstr("Fake L40"));
  EXPECT_EQ(driver_.calls("cuLibraryLoadData"), 0);
}

TEST_F(LoadKernel, RefusesAnArtifactOfANewerDriverByBothVersions) {
  image_.lowest_driver = 13010;
  Status status = load(device()).status();
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr("CUDA 13.1 or later"));
  EXPECT_THAT(status.message(), HasSubstr("13.0"));
}

TEST_F(LoadKernel, NamesASymbolThatIsNotThere) {
  driver_.symbols = {"another"};
  Status status = load(device()).status();
  EXPECT_EQ(status.code(), StatusCode::kDriver);
  EXPECT_THAT(status.message(), HasSubstr("'fake_kernel'"));
}

class LoadKernelFailing : public LoadKernel, public testing::WithParamInterface<const char*> {};

TEST_P(LoadKernelFailing, NamesAllAndRestoresTheThread) {
  const Device& gpu = device();
  driver_.fail(GetParam(), CUDA_ERROR_NO_BINARY_FOR_GPU);
  Status status = load(gpu).status();
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  for (const char* part : {GetParam(), "CUDA_ERROR_NO_BINARY_FOR_GPU (209)", "driver 13.0",
                           "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_90", "device 0"}) {
    EXPECT_THAT(status.message(), HasSubstr(part));
  }
  EXPECT_EQ(FakeDriver::capture_mode(), CU_STREAM_CAPTURE_MODE_GLOBAL);
  EXPECT_EQ(FakeDriver::current_context(), nullptr);
  EXPECT_TRUE(load(gpu).ok()) << "the error was remembered";
}

INSTANTIATE_TEST_SUITE_P(EachCall, LoadKernelFailing,
                         testing::Values("cuLibraryLoadData", "cuLibraryGetKernel",
                                         "cuCtxPushCurrent", "cuKernelGetFunction", "cuFuncLoad",
                                         "cuFuncGetAttribute"));

// Dependent launch needs all of: the spec, the wait in the code, and a target of 9.0 or later
// (which no older device runs).
TEST_F(LoadKernel, LaunchesDependentlyOnlyWhereThatIsSafe) {
  EXPECT_FALSE(load(device())->dependent_launch);
  spec_.pdl = Pdl::kTriggerLast;
  EXPECT_TRUE(load(device())->dependent_launch);
  spec_.pdl = Pdl::kTriggerFirst;
  EXPECT_TRUE(load(device())->dependent_launch);
  image_.waits_for_predecessor = false;
  EXPECT_FALSE(load(device())->dependent_launch);
  image_.waits_for_predecessor = true;
  spec_.target = *parse_target("sm_89");
  EXPECT_FALSE(load(device(2))->dependent_launch);
}

}  // namespace
}  // namespace fp4jit
