#include <thread>

#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

TEST_F(Driver, ContextsAreAStackOfEachThread) {
  CUcontext inner = nullptr, current = nullptr;
  ASSERT_EQ(cuCtxCreate(&inner, nullptr, 0, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxGetCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, inner);
  ASSERT_EQ(cuCtxPopCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, inner);
  ASSERT_EQ(cuCtxGetCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, context_);
  ASSERT_EQ(cuCtxPushCurrent(inner), CUDA_SUCCESS);
  std::thread([] {
    CUcontext own = reinterpret_cast<CUcontext>(1);
    EXPECT_EQ(cuCtxGetCurrent(&own), CUDA_SUCCESS);
    EXPECT_EQ(own, nullptr);
    EXPECT_EQ(cuCtxPopCurrent(&own), CUDA_ERROR_INVALID_CONTEXT);
    EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_INVALID_CONTEXT);
  }).join();
  EXPECT_EQ(cuCtxDestroy(inner), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxGetCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, context_);
}

TEST_F(Driver, SetCurrentReplacesTheTop) {
  CUcontext inner = nullptr, current = nullptr;
  ASSERT_EQ(cuCtxCreate(&inner, nullptr, 0, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxSetCurrent(nullptr), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxGetCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, context_);
  ASSERT_EQ(cuCtxSetCurrent(inner), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxGetCurrent(&current), CUDA_SUCCESS);
  EXPECT_EQ(current, inner);
  EXPECT_EQ(cuCtxDestroy(inner), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxPushCurrent(context_), CUDA_SUCCESS);
}

TEST_F(Driver, ADestroyedContextIsKnownForWhatItIs) {
  CUcontext gone = nullptr;
  size_t free_before = 0, free_after = 1, total = 0;
  ASSERT_EQ(cuMemGetInfo(&free_before, &total), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxCreate(&gone, nullptr, 0, 0), CUDA_SUCCESS);
  CUstream stream = this->stream();
  CUevent event = this->event();
  CUdeviceptr memory = words();
  CUmodule module = load();
  std::thread([&] {
    ASSERT_EQ(cuCtxPushCurrent(gone), CUDA_SUCCESS);
    ASSERT_EQ(cuCtxDestroy(gone), CUDA_SUCCESS);
  }).join();
  EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_CONTEXT_IS_DESTROYED);
  EXPECT_EQ(cuCtxPushCurrent(gone), CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_EQ(cuCtxDestroy(gone), CUDA_ERROR_INVALID_CONTEXT);
  ASSERT_EQ(cuCtxPopCurrent(nullptr), CUDA_SUCCESS);
  // What it held went with it.
  EXPECT_EQ(cuStreamSynchronize(stream), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuEventQuery(event), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuMemFree(memory), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuModuleUnload(module), CUDA_ERROR_INVALID_HANDLE);
  ASSERT_EQ(cuMemGetInfo(&free_after, &total), CUDA_SUCCESS);
  EXPECT_EQ(free_after, free_before);
}

TEST_F(Driver, ThePrimaryContextLivesAsLongAsItIsRetained) {
  CUcontext first = nullptr, second = nullptr;
  unsigned flags = 9;
  int active = 9;
  ASSERT_EQ(cuDevicePrimaryCtxGetState(0, &flags, &active), CUDA_SUCCESS);
  EXPECT_EQ(active, 0);
  EXPECT_EQ(cuDevicePrimaryCtxRelease(0), CUDA_ERROR_INVALID_CONTEXT);
  ASSERT_EQ(cuDevicePrimaryCtxRetain(&first, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuDevicePrimaryCtxRetain(&second, 0), CUDA_SUCCESS);
  EXPECT_EQ(first, second);
  EXPECT_EQ(cuCtxDestroy(first), CUDA_ERROR_INVALID_CONTEXT);
  ASSERT_EQ(cuDevicePrimaryCtxRelease(0), CUDA_SUCCESS);
  ASSERT_EQ(cuDevicePrimaryCtxGetState(0, &flags, &active), CUDA_SUCCESS);
  EXPECT_EQ(active, 1);
  ASSERT_EQ(cuCtxPushCurrent(first), CUDA_SUCCESS);
  ASSERT_EQ(cuDevicePrimaryCtxRelease(0), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_CONTEXT_IS_DESTROYED);
  ASSERT_EQ(cuCtxPopCurrent(nullptr), CUDA_SUCCESS);
}

TEST_F(Driver, ResetTakesThePrimaryContextWithAllThatItHolds) {
  CUcontext primary = nullptr, again = nullptr;
  ASSERT_EQ(cuDevicePrimaryCtxSetFlags(0, CU_CTX_SCHED_SPIN), CUDA_SUCCESS);
  ASSERT_EQ(cuDevicePrimaryCtxRetain(&primary, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxPushCurrent(primary), CUDA_SUCCESS);
  unsigned flags = 0;
  EXPECT_EQ(cuCtxGetFlags(&flags), CUDA_SUCCESS);
  EXPECT_EQ(flags, unsigned{CU_CTX_SCHED_SPIN});
  CUdeviceptr memory = words();
  ASSERT_EQ(cuDevicePrimaryCtxReset(0), CUDA_SUCCESS);
  ASSERT_EQ(cuDevicePrimaryCtxRetain(&again, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFree(memory), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuDevicePrimaryCtxRelease(0), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxPopCurrent(nullptr), CUDA_SUCCESS);
}

TEST_F(Driver, AFindingSticksToItsContextAlone) {
  CUcontext hurt = nullptr;
  ASSERT_EQ(cuCtxCreate(&hurt, nullptr, 0, 0), CUDA_SUCCESS);
  const CUfunction store = function("store");
  CUdeviceptr nowhere = 64;
  uint32_t value = 1;
  EXPECT_EQ(launch(store, nullptr, {&nowhere, &value}), CUDA_SUCCESS);
  CUdeviceptr memory = 0;
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
    EXPECT_EQ(cuMemAlloc(&memory, 4), CUDA_ERROR_ILLEGAL_ADDRESS);
    EXPECT_EQ(launch(store, nullptr, {&nowhere, &value}), CUDA_ERROR_ILLEGAL_ADDRESS);
  }
  const char* name = nullptr;
  EXPECT_EQ(cuGetErrorName(CUDA_ERROR_ILLEGAL_ADDRESS, &name), CUDA_SUCCESS);
  EXPECT_STREQ(name, "CUDA_ERROR_ILLEGAL_ADDRESS");
  EXPECT_EQ(cuCtxDestroy(hurt), CUDA_SUCCESS);
  EXPECT_EQ(cuMemAlloc(&memory, 4), CUDA_SUCCESS);
}

TEST_F(Driver, ContextsSayWhatTheyAre) {
  CUdevice device = -1;
  EXPECT_EQ(cuCtxGetDevice(&device), CUDA_SUCCESS);
  EXPECT_EQ(device, 0);
  CUcontext other = nullptr;
  ASSERT_EQ(cuCtxCreate(&other, nullptr, 0, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxGetDevice_v2(&device, context_), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxGetDevice_v2(&device, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxSynchronize_v2(context_), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxDestroy(other), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxSynchronize_v2(other), CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_EQ(cuCtxGetDevice_v2(&device, other), CUDA_ERROR_INVALID_CONTEXT);
  unsigned version = 0;
  EXPECT_EQ(cuCtxGetApiVersion(nullptr, &version), CUDA_SUCCESS);
  EXPECT_GE(version, 3020u);
  int least = -9, greatest = 9;
  EXPECT_EQ(cuCtxGetStreamPriorityRange(&least, &greatest), CUDA_SUCCESS);
  EXPECT_LT(greatest, least);
  EXPECT_EQ(cuCtxGetApiVersion(reinterpret_cast<CUcontext>(0x1234), &version),
            CUDA_ERROR_INVALID_CONTEXT);
}

}  // namespace
}  // namespace ptxsim
