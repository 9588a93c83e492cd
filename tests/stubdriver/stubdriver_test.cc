// The stub driver through the table that the library fills from it.
#include "stubdriver.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "device/driver.h"

namespace fp4jit {
namespace {

constexpr const char* kPath = FP4JIT_BUILD_DIR "/tests/stubdriver/libcuda.so.1";

class StubDriver : public testing::Test {
 protected:
  StubDriver() : api(*load_driver(kPath)) {}
  ~StubDriver() override {
    for (const char* name : {"STUBDRIVER_DEVICES", "STUBDRIVER_SM", "STUBDRIVER_BREAK"}) {
      unsetenv(name);
    }
  }

  CUresult launch(CUstream stream = nullptr) {
    CUlaunchConfig config = {};
    config.gridDimX = 3;
    config.hStream = stream;
    return api.launch_kernel_ex(&config, reinterpret_cast<CUfunction>(0x20), nullptr, nullptr);
  }

  DriverApi api;
};

TEST_F(StubDriver, HasTheDevicesThatTheEnvironmentSays) {
  int count = 0, major = 0;
  ASSERT_EQ(api.init(0), CUDA_SUCCESS);
  EXPECT_EQ(api.device_get_count(&count), CUDA_SUCCESS);
  EXPECT_EQ(count, 2);
  setenv("STUBDRIVER_DEVICES", "5", 1);
  setenv("STUBDRIVER_SM", "121", 1);
  api.device_get_count(&count);
  EXPECT_EQ(count, 2) << "read outside of cuInit";
  ASSERT_EQ(api.init(0), CUDA_SUCCESS);
  api.device_get_count(&count);
  EXPECT_EQ(count, 5);
  api.device_get_attribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 0);
  EXPECT_EQ(major, 12);
}

TEST_F(StubDriver, CountsTheLaunchesOfEveryThread) {
  uint64_t before = stubdriver_launches();
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) launch();
  });
  for (int i = 0; i < 1000; ++i) launch();
  other.join();
  EXPECT_EQ(stubdriver_launches() - before, 2000u);
}

TEST_F(StubDriver, RemembersTheThreadsLastLaunch) {
  auto stream = reinterpret_cast<CUstream>(0x40);
  launch(stream);
  std::thread([&] { launch(); }).join();
  EXPECT_EQ(stubdriver_last_launch().stream, stream);
  EXPECT_EQ(stubdriver_last_launch().kernel, reinterpret_cast<void*>(0x20));
  EXPECT_EQ(stubdriver_last_launch().grid[0], 3u);
}

TEST_F(StubDriver, SaysOfAStreamWhatItWasTold) {
  auto stream = reinterpret_cast<CUstream>(0x40);
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_ACTIVE;
  EXPECT_EQ(api.stream_is_capturing(stream, &status), CUDA_SUCCESS);
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_NONE);
  stubdriver_set_capturing(stream, CU_STREAM_CAPTURE_STATUS_INVALIDATED);
  EXPECT_EQ(api.stream_is_capturing(stream, &status), CUDA_SUCCESS);
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_INVALIDATED);
  EXPECT_EQ(api.stream_is_capturing(nullptr, &status), CUDA_SUCCESS);
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_NONE);
  stubdriver_set_capturing(nullptr, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
  EXPECT_EQ(api.stream_is_capturing(nullptr, &status), CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
  EXPECT_EQ(stubdriver_capture_queries(), 4u);
}

TEST_F(StubDriver, KnowsWhatItCanBreak) {
  for (const char* word : {"malloc", "mutex", "rwlock", "cond", "once", "getenv", "clock_gettime",
                           "open", "stat", "read", "dlsym", "syscall", "new", ""}) {
    EXPECT_EQ(stubdriver_break(word), 0) << word;
    EXPECT_EQ(launch(), CUDA_SUCCESS) << word;
  }
  EXPECT_EQ(stubdriver_break("everything"), -1);
  setenv("STUBDRIVER_BREAK", "everything", 1);
  EXPECT_EQ(api.init(0), CUDA_ERROR_INVALID_VALUE);
}

}  // namespace
}  // namespace fp4jit
