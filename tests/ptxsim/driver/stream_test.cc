#include <thread>

#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

class Streams : public Driver {};

TEST_F(Streams, SayWhatTheyAre) {
  CUstream stream = nullptr;
  ASSERT_EQ(cuStreamCreateWithPriority(&stream, CU_STREAM_NON_BLOCKING, -100), CUDA_SUCCESS);
  int least = 9, greatest = 9, priority = 9;
  ASSERT_EQ(cuCtxGetStreamPriorityRange(&least, &greatest), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamGetPriority(stream, &priority), CUDA_SUCCESS);
  EXPECT_EQ(priority, greatest);
  unsigned flags = 9;
  EXPECT_EQ(cuStreamGetFlags(stream, &flags), CUDA_SUCCESS);
  EXPECT_EQ(flags, unsigned{CU_STREAM_NON_BLOCKING});
  CUcontext context = nullptr;
  EXPECT_EQ(cuStreamGetCtx(stream, &context), CUDA_SUCCESS);
  EXPECT_EQ(context, context_);
  unsigned long long first = 0, second = 0;
  EXPECT_EQ(cuStreamGetId(stream, &first), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamGetId(nullptr, &second), CUDA_SUCCESS);
  EXPECT_NE(first, second);
  CUdevice device = -1;
  EXPECT_EQ(cuStreamGetDevice(stream, &device), CUDA_SUCCESS);
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cuStreamCreate(&stream, 2), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuStreamCreate(nullptr, 0), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Streams, AreNothingOnceDestroyed) {
  CUstream stream = this->stream();
  EXPECT_EQ(cuStreamQuery(stream), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamDestroy(stream), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamDestroy(stream), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuStreamSynchronize(stream), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuStreamDestroy(nullptr), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_NE(this->stream(), stream);
}

TEST_F(Streams, KeepTheirOrder) {
  CUdeviceptr memory = words(2);
  CUstream stream = this->stream();
  const CUfunction add = function("add_one");
  uint32_t back = 0;
  EXPECT_EQ(cuMemsetD32Async(memory, 10, 2, stream), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
  EXPECT_EQ(cuMemcpyDtoDAsync(memory + 4, memory, 4, stream), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, stream, memory + 4), CUDA_SUCCESS);
  EXPECT_EQ(cuMemcpyDtoHAsync(&back, memory + 4, 4, stream), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamSynchronize(stream), CUDA_SUCCESS);
  EXPECT_EQ(back, 12u);
}

TEST_F(Streams, HostFunctionsRunWithoutTheDriver) {
  struct Seen {
    CUresult inside = CUDA_SUCCESS;
    CUresult elsewhere = CUDA_ERROR_UNKNOWN;
  } seen;
  auto function = [](void* data) {
    auto* seen = static_cast<Seen*>(data);
    int count = 0;
    seen->inside = cuDeviceGetCount(&count);
    // Another thread's calls go on meanwhile.
    std::thread([&] { seen->elsewhere = cuDeviceGetCount(&count); }).join();
  };
  EXPECT_EQ(cuLaunchHostFunc(stream(), function, &seen), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
  EXPECT_EQ(seen.inside, CUDA_ERROR_NOT_PERMITTED);
  EXPECT_EQ(seen.elsewhere, CUDA_SUCCESS);
  EXPECT_EQ(cuLaunchHostFunc(nullptr, nullptr, nullptr), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Streams, CallbacksGetTheirStream) {
  CUstream stream = this->stream(), seen = nullptr;
  auto callback = [](CUstream stream, CUresult status, void* data) {
    EXPECT_EQ(status, CUDA_SUCCESS);
    *static_cast<CUstream*>(data) = stream;
  };
  EXPECT_EQ(cuStreamAddCallback(stream, callback, &seen, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamSynchronize(stream), CUDA_SUCCESS);
  EXPECT_EQ(seen, stream);
  EXPECT_EQ(cuStreamAddCallback(stream, callback, &seen, 1), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Streams, EventsMeasureTime) {
  CUevent start = event(), end = event(), untimed = event(CU_EVENT_DISABLE_TIMING);
  float milliseconds = -1;
  EXPECT_EQ(cuEventElapsedTime(&milliseconds, start, end), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuEventQuery(start), CUDA_SUCCESS);
  EXPECT_EQ(cuEventRecord(start, nullptr), CUDA_SUCCESS);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(cuEventRecord(end, stream()), CUDA_SUCCESS);
  EXPECT_EQ(cuEventRecord(untimed, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuEventSynchronize(end), CUDA_SUCCESS);
  EXPECT_EQ(cuEventElapsedTime(&milliseconds, start, end), CUDA_SUCCESS);
  EXPECT_GE(milliseconds, 5);
  EXPECT_LT(milliseconds, 60'000);
  EXPECT_EQ(cuEventElapsedTime(&milliseconds, start, untimed), CUDA_ERROR_INVALID_HANDLE);
}

TEST_F(Streams, EventsAreNothingOnceDestroyed) {
  CUevent gone = event();
  EXPECT_EQ(cuEventDestroy(gone), CUDA_SUCCESS);
  EXPECT_EQ(cuEventDestroy(gone), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuEventRecord(gone, nullptr), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuEventSynchronize(gone), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuStreamWaitEvent(nullptr, gone, 0), CUDA_ERROR_INVALID_HANDLE);
  CUevent bad = nullptr;
  EXPECT_EQ(cuEventCreate(&bad, 0x80), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Streams, AnEventIsOfOneContext) {
  CUevent event = this->event();
  CUcontext other = nullptr;
  ASSERT_EQ(cuCtxCreate(&other, nullptr, 0, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuEventRecord(event, nullptr), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuStreamWaitEvent(nullptr, event, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxDestroy(other), CUDA_SUCCESS);
}

}  // namespace
}  // namespace ptxsim
