#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

class Memory : public Driver {};

TEST_F(Memory, WhatIsCopiedThereComesBack) {
  CUdeviceptr first = words(16), second = words(16);
  std::vector<uint8_t> bytes(64), back(64);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 3);
  EXPECT_EQ(cuMemcpyHtoD(first, bytes.data(), 64), CUDA_SUCCESS);
  EXPECT_EQ(cuMemcpyDtoD(second, first, 64), CUDA_SUCCESS);
  EXPECT_EQ(cuMemcpyDtoH(back.data(), second, 64), CUDA_SUCCESS);
  EXPECT_EQ(back, bytes);
  EXPECT_EQ(cuMemsetD8(second, 0, 64), CUDA_SUCCESS);
  EXPECT_EQ(cuMemcpy(second + 4, first, 8), CUDA_SUCCESS);
  EXPECT_EQ(cuMemcpy(reinterpret_cast<CUdeviceptr>(back.data()), second, 64), CUDA_SUCCESS);
  EXPECT_EQ(std::vector<uint8_t>(back.begin() + 4, back.begin() + 12),
            std::vector<uint8_t>(bytes.begin(), bytes.begin() + 8));
  EXPECT_EQ(back[3], 0);
  EXPECT_EQ(back[12], 0);
}

TEST_F(Memory, FillsHaveElementsOfOneTwoAndFourBytes) {
  CUdeviceptr memory = words(4);
  EXPECT_EQ(cuMemsetD32(memory, 0x01020304, 4), CUDA_SUCCESS);
  EXPECT_EQ(cuMemsetD16(memory + 4, 0xABCD, 2), CUDA_SUCCESS);
  EXPECT_EQ(cuMemsetD8(memory + 15, 0xEE, 1), CUDA_SUCCESS);
  EXPECT_EQ(word(memory), 0x01020304u);
  EXPECT_EQ(word(memory + 4), 0xABCDABCDu);
  EXPECT_EQ(word(memory + 8), 0x01020304u);
  EXPECT_EQ(word(memory + 12), 0xEE020304u);
  EXPECT_EQ(cuMemsetD32(memory + 2, 1, 1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemsetD8(memory, 1, 17), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemsetD32(memory, 1, size_t{1} << 62), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemsetD32(memory, 1, 0), CUDA_SUCCESS);
}

TEST_F(Memory, CopiesBeyondAnAllocationAreRefused) {
  CUdeviceptr memory = words(4);
  std::vector<uint8_t> host(64);
  EXPECT_EQ(cuMemcpyHtoD(memory, host.data(), 17), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemcpyHtoD(memory + 16, host.data(), 1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemcpyDtoH(host.data(), memory - 1, 1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemcpyDtoH(host.data(), memory + 1, 16), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemcpyDtoD(reinterpret_cast<CUdeviceptr>(host.data()), memory, 1),
            CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemcpyHtoD(memory, host.data(), 0), CUDA_SUCCESS);
  testing::internal::CaptureStderr();
  cuMemcpyHtoD(memory + 18, host.data(), 1);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::ContainsRegex("ptxsim: cuMemcpyHtoD: .*2 bytes past the end of allocation"));
}

TEST_F(Memory, OnlyWhatBeginsALiveAllocationIsFreed) {
  CUdeviceptr memory = words(4);
  EXPECT_EQ(cuMemFree(memory + 4), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemFree(memory), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFree(memory), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemFree(0), CUDA_SUCCESS);
  uint32_t value = 0;
  EXPECT_EQ(cuMemcpyDtoH(&value, memory, 4), CUDA_ERROR_INVALID_VALUE);
  const auto host = reinterpret_cast<CUdeviceptr>(&value);
  EXPECT_EQ(cuMemcpy(host, memory, 4), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemcpy(memory, host, 4), CUDA_ERROR_INVALID_VALUE);
  EXPECT_NE(words(4), memory) << "addresses are not used again";
  EXPECT_EQ(cuMemFree(host), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Memory, AllocationsOfNothingOrToNowhereAreRefused) {
  CUdeviceptr memory = 0;
  EXPECT_EQ(cuMemAlloc(&memory, 0), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemAlloc(nullptr, 4), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemAllocManaged(&memory, 4, CU_MEM_ATTACH_GLOBAL), CUDA_ERROR_NOT_SUPPORTED);
}

TEST(MemorySize, IsWhatTheEnvironmentSays) {
  in_own_process({{"PTXSIM_MEMORY_MB", "2"}}, "cuMemAlloc: .* are free", [] {
    CUcontext context = nullptr;
    CUdeviceptr first = 0, second = 0;
    size_t free_bytes = 0, total = 0;
    ASSERT_EQ(cuInit(0), CUDA_SUCCESS);
    ASSERT_EQ(cuCtxCreate(&context, nullptr, 0, 0), CUDA_SUCCESS);
    EXPECT_EQ(cuDeviceTotalMem(&total, 0), CUDA_SUCCESS);
    EXPECT_EQ(total, size_t{2} << 20);
    EXPECT_EQ(cuMemAlloc(&first, (2 << 20) + 1), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(cuMemAlloc(&first, 1 << 20), CUDA_SUCCESS);
    EXPECT_EQ(cuMemGetInfo(&free_bytes, &total), CUDA_SUCCESS);
    EXPECT_EQ(free_bytes, size_t{1} << 20);
    EXPECT_EQ(cuMemAlloc(&second, (1 << 20) + 1), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(cuMemAlloc(&second, 1 << 20), CUDA_SUCCESS);
    EXPECT_EQ(cuMemAlloc(&second, ~size_t{0}), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(cuMemFree(first), CUDA_SUCCESS);
    EXPECT_EQ(cuMemAlloc(&first, 1 << 20), CUDA_SUCCESS);
  });
}

TEST(MemoryDeathTest, TheHostCannotTouchADevicePointer) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        CUcontext context = nullptr;
        CUdeviceptr memory = 0;
        cuInit(0);
        cuCtxCreate(&context, nullptr, 0, 0);
        cuMemAlloc(&memory, 4);
        *reinterpret_cast<volatile uint32_t*>(memory) = 1;
      },
      "");
}

TEST_F(Memory, PinnedMemoryIsTheHostsAndTheDevices) {
  void* memory = nullptr;
  ASSERT_EQ(cuMemAllocHost(&memory, 4), CUDA_SUCCESS);
  auto* value = static_cast<uint32_t*>(memory);
  *value = 41;
  CUdeviceptr address = 0;
  ASSERT_EQ(cuMemHostGetDevicePointer(&address, memory, 0), CUDA_SUCCESS);
  EXPECT_EQ(add_one(function("add_one"), nullptr, address), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
  EXPECT_EQ(*value, 42u);
  EXPECT_EQ(cuMemFree(address), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemFreeHost(memory), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFreeHost(memory), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemHostAlloc(&memory, 4, CU_MEMHOSTALLOC_PORTABLE), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFreeHost(memory), CUDA_SUCCESS);
  EXPECT_EQ(cuMemHostAlloc(&memory, 4, 0x100), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Memory, HostMemoryIsTheDevicesWhileItIsRegistered) {
  std::vector<uint32_t> host(1024, 5);
  const auto address = reinterpret_cast<CUdeviceptr>(host.data());
  ASSERT_EQ(cuMemHostRegister(host.data(), 4096, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuMemHostRegister(host.data(), 4096, 0), CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
  EXPECT_EQ(add_one(function("add_one"), nullptr, address), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
  EXPECT_EQ(host[0], 6u);
  EXPECT_EQ(cuMemHostUnregister(host.data()), CUDA_SUCCESS);
  EXPECT_EQ(cuMemHostUnregister(host.data()), CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED);
  CUdeviceptr mapped = 0;
  EXPECT_EQ(cuMemHostGetDevicePointer(&mapped, host.data(), 0), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Memory, AsynchronousAllocationsAreLikeOthers) {
  CUdeviceptr memory = 0;
  CUstream stream = this->stream();
  ASSERT_EQ(cuMemAllocAsync(&memory, 8, stream), CUDA_SUCCESS);
  EXPECT_EQ(cuMemsetD32Async(memory, 3, 2, stream), CUDA_SUCCESS);
  EXPECT_EQ(word(memory + 4), 3u);
  EXPECT_EQ(cuMemFreeAsync(memory, stream), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFreeAsync(memory, stream), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Memory, PointersSayWhatTheyAre) {
  CUdeviceptr memory = words(4), base = 0;
  size_t bytes = 0;
  EXPECT_EQ(cuMemGetAddressRange(&base, &bytes, memory + 7), CUDA_SUCCESS);
  EXPECT_EQ(base, memory);
  EXPECT_EQ(bytes, 16u);
  CUcontext context = nullptr;
  EXPECT_EQ(cuPointerGetAttribute(&context, CU_POINTER_ATTRIBUTE_CONTEXT, memory), CUDA_SUCCESS);
  EXPECT_EQ(context, context_);
  unsigned type = 0;
  EXPECT_EQ(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, memory), CUDA_SUCCESS);
  EXPECT_EQ(type, unsigned{CU_MEMORYTYPE_DEVICE});
  void* host = nullptr;
  EXPECT_EQ(cuPointerGetAttribute(&host, CU_POINTER_ATTRIBUTE_HOST_POINTER, memory),
            CUDA_ERROR_INVALID_VALUE);
  int ordinal = 9;
  EXPECT_EQ(cuPointerGetAttribute(&ordinal, CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL, memory + 1),
            CUDA_SUCCESS);
  EXPECT_EQ(ordinal, 0);
  EXPECT_EQ(cuMemFree(memory), CUDA_SUCCESS);
  EXPECT_EQ(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, memory),
            CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemGetAddressRange(&base, &bytes, memory), CUDA_ERROR_NOT_FOUND);
}

TEST_F(Memory, AHostPointerHasAttributesOfNothing) {
  uint32_t word = 0;
  unsigned type = 7;
  int ordinal = 7;
  CUpointer_attribute which[] = {CU_POINTER_ATTRIBUTE_MEMORY_TYPE,
                                 CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL};
  void* values[] = {&type, &ordinal};
  const auto address = reinterpret_cast<CUdeviceptr>(&word);
  EXPECT_EQ(cuPointerGetAttributes(2, which, values, address), CUDA_SUCCESS);
  EXPECT_EQ(type, 0u);
  EXPECT_EQ(ordinal, int{CU_DEVICE_INVALID});
  EXPECT_EQ(cuPointerGetAttribute(&type, which[0], address), CUDA_ERROR_INVALID_VALUE);
}

// A copy of what was never written is not written either: a kernel that reads it is wrong.
TEST_F(Memory, CopiesDoNotHideThatMemoryWasNeverWritten) {
  CUdeviceptr garbage = 0, copy = words(1), to = words(1);
  ASSERT_EQ(cuMemAlloc(&garbage, 4), CUDA_SUCCESS);
  EXPECT_EQ(launch(function("copy_word"), nullptr, {&to, &copy}), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
  EXPECT_EQ(cuMemcpyDtoD(copy, garbage, 4), CUDA_SUCCESS);
  EXPECT_EQ(launch(function("copy_word"), nullptr, {&to, &copy}), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_LAUNCH_FAILED);
}

}  // namespace
}  // namespace ptxsim
