#include "device/driver.h"

#include <cudaTypedefs.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <type_traits>

#include "tests/fakes/fake_driver.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

// Sets a variable for the life of a test.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~ScopedVariable() { unsetenv(name_); }

 private:
  const char* name_;
};

TEST(LoadDriver, SaysWhichPathIsAbsentAndWhatStillWorks) {
  Status status = load_driver("/nowhere/libcuda.so.1").status();
  EXPECT_EQ(status.code(), StatusCode::kNoDriver);
  EXPECT_THAT(status.message(), HasSubstr("'/nowhere/libcuda.so.1'"));
  EXPECT_THAT(status.message(), HasSubstr("No such file"));
  EXPECT_THAT(status.message(), HasSubstr("compiling"));
}

TEST(LoadDriver, RefusesALibraryThatIsNoDriver) {
  Status status = load_driver("libm.so.6").status();
  EXPECT_EQ(status.code(), StatusCode::kNoDriver);
  EXPECT_THAT(status.message(), HasSubstr("no cuGetProcAddress_v2"));
}

TEST(LoadDriver, FillsEveryEntry) {
  Result<DriverApi> api = load_driver(STUBDRIVER);
  ASSERT_TRUE(api.ok()) << api.status().message();
  ASSERT_EQ(driver_entries().size() * sizeof(void*), sizeof(DriverApi));
  for (const DriverEntry& entry : driver_entries()) {
    void* address = *reinterpret_cast<void**>(reinterpret_cast<char*>(&*api) + entry.offset);
    EXPECT_NE(address, nullptr) << entry.name;
  }
}

TEST(LoadDriver, RefusesAnOlderDriverByBothVersions) {
  ScopedVariable version("STUBDRIVER_VERSION", "12030");
  Status status = load_driver(STUBDRIVER).status();
  EXPECT_EQ(status.code(), StatusCode::kNoDriver);
  EXPECT_THAT(status.message(), HasSubstr("version 12.3"));
  EXPECT_THAT(status.message(), HasSubstr("needs 12.4"));
}

TEST(LoadDriver, TakesTheOldestDriverThatItPromises) {
  ScopedVariable version("STUBDRIVER_VERSION", "12040");
  EXPECT_TRUE(load_driver(STUBDRIVER).ok());
}

TEST(LoadDriver, NamesARequiredEntryThatIsAbsent) {
  ScopedVariable lacks("STUBDRIVER_LACKS", "cuLibraryLoadData");
  Status status = load_driver(STUBDRIVER).status();
  EXPECT_EQ(status.code(), StatusCode::kNoDriver);
  EXPECT_THAT(status.message(), HasSubstr("cuLibraryLoadData of version 12.0"));
}

TEST(LoadDriver, DoesWithoutAnOptionalEntry) {
  ScopedVariable lacks("STUBDRIVER_LACKS", "cuFuncLoad");
  Result<DriverApi> api = load_driver(STUBDRIVER);
  ASSERT_TRUE(api.ok()) << api.status().message();
  EXPECT_EQ(api->func_load, nullptr);
}

// NVIDIA's own table says which signature came with which version: its names end in the version
// that cuGetProcAddress wants.
TEST(DriverEntries, AreThoseOfNvidiasTable) {
  struct Expected {
    const char* name;
    int version;
    bool same_signature;
  };
#define FP4JIT_EXPECTED(member, name, version) \
  { #name, version, std::is_same_v < decltype(DriverApi::member), PFN_##name##_v##version> }
  const Expected expected[] = {
      FP4JIT_EXPECTED(init, cuInit, 2000),
      FP4JIT_EXPECTED(driver_get_version, cuDriverGetVersion, 2020),
      FP4JIT_EXPECTED(device_get_count, cuDeviceGetCount, 2000),
      FP4JIT_EXPECTED(device_get, cuDeviceGet, 2000),
      FP4JIT_EXPECTED(device_get_attribute, cuDeviceGetAttribute, 2000),
      FP4JIT_EXPECTED(device_get_name, cuDeviceGetName, 2000),
      FP4JIT_EXPECTED(device_primary_ctx_retain, cuDevicePrimaryCtxRetain, 7000),
      FP4JIT_EXPECTED(ctx_push_current, cuCtxPushCurrent, 4000),
      FP4JIT_EXPECTED(ctx_pop_current, cuCtxPopCurrent, 4000),
      FP4JIT_EXPECTED(library_load_data, cuLibraryLoadData, 12000),
      FP4JIT_EXPECTED(library_get_kernel, cuLibraryGetKernel, 12000),
      FP4JIT_EXPECTED(kernel_get_function, cuKernelGetFunction, 12000),
      FP4JIT_EXPECTED(func_load, cuFuncLoad, 12040),
      FP4JIT_EXPECTED(func_get_attribute, cuFuncGetAttribute, 2020),
      FP4JIT_EXPECTED(launch_kernel_ex, cuLaunchKernelEx, 11060),
      FP4JIT_EXPECTED(get_error_name, cuGetErrorName, 6000),
      FP4JIT_EXPECTED(get_error_string, cuGetErrorString, 6000),
      FP4JIT_EXPECTED(stream_is_capturing, cuStreamIsCapturing, 10000),
      FP4JIT_EXPECTED(thread_exchange_stream_capture_mode, cuThreadExchangeStreamCaptureMode,
                      10010),
      FP4JIT_EXPECTED(stream_get_ctx, cuStreamGetCtx, 9020),
      FP4JIT_EXPECTED(ctx_get_device, cuCtxGetDevice, 2000),
      FP4JIT_EXPECTED(mem_alloc, cuMemAlloc, 3020),
      FP4JIT_EXPECTED(mem_free, cuMemFree, 3020),
      FP4JIT_EXPECTED(memcpy_htod, cuMemcpyHtoD, 3020),
      FP4JIT_EXPECTED(memcpy_dtoh, cuMemcpyDtoH, 3020),
  };
#undef FP4JIT_EXPECTED
  ASSERT_EQ(driver_entries().size(), std::size(expected));
  for (size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_STREQ(driver_entries()[i].name, expected[i].name);
    EXPECT_EQ(driver_entries()[i].version, expected[i].version) << expected[i].name;
    EXPECT_TRUE(expected[i].same_signature) << expected[i].name;
  }
}

TEST(DriverStatus, CarriesTheDriversNameNumberAndText) {
  FakeDriver driver;
  EXPECT_TRUE(driver_status(driver.api(), CUDA_SUCCESS, "cuFuncLoad").ok());
  Status status = driver_status(driver.api(), CUDA_ERROR_OUT_OF_MEMORY, "cuFuncLoad");
  EXPECT_EQ(status.code(), StatusCode::kDriver);
  EXPECT_EQ(status.message(), "cuFuncLoad: CUDA_ERROR_FAKE (2): the fake driver was told to fail");
}

TEST(DriverStatus, TellsCodeThatDoesNotFitFromACallThatFailed) {
  FakeDriver driver;
  for (CUresult result : {CUDA_ERROR_INVALID_IMAGE, CUDA_ERROR_NO_BINARY_FOR_GPU,
                          CUDA_ERROR_INVALID_PTX, CUDA_ERROR_UNSUPPORTED_PTX_VERSION}) {
    EXPECT_EQ(driver_status(driver.api(), result, "cuLibraryLoadData").code(),
              StatusCode::kUnsupported);
  }
}

TEST(DriverStatus, TakesAStubAndAnEmptyMachineForNoDriver) {
  FakeDriver driver;
  EXPECT_EQ(driver_status(driver.api(), CUDA_ERROR_STUB_LIBRARY, "cuInit").code(),
            StatusCode::kNoDriver);
  EXPECT_EQ(driver_status(driver.api(), CUDA_ERROR_NO_DEVICE, "cuInit").code(),
            StatusCode::kNoDriver);
}

}  // namespace
}  // namespace fp4jit
