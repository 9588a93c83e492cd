// What: a program of the driver API: a context on the first device, and the kernels of the tests.
// Threads: none.
#pragma once

#include <cuda.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace ptxsim {

// store(address, value): each thread of a block writes `value` to its own word.
// add_one(address): one thread adds 1 to a word.
// copy_word(to, from): one thread.
inline constexpr const char* kKernels = R"(
// Kernels of the driver's tests.
.version 8.0
.target sm_80
.address_size 64

.visible .global .align 4 .u32 counter = 7;

.visible .entry store(.param .u64 store_address, .param .u32 store_value)
{
  .reg .b64 %rd<5>;
  .reg .b32 %r<3>;
  ld.param.u64 %rd1, [store_address];
  ld.param.u32 %r1, [store_value];
  cvta.to.global.u64 %rd2, %rd1;
  mov.u32 %r2, %tid.x;
  mul.wide.u32 %rd3, %r2, 4;
  add.s64 %rd4, %rd2, %rd3;
  st.global.u32 [%rd4], %r1;
  ret;
}

.visible .entry add_one(.param .u64 add_one_address)
{
  .reg .b64 %rd<3>;
  .reg .b32 %r<3>;
  ld.param.u64 %rd1, [add_one_address];
  cvta.to.global.u64 %rd2, %rd1;
  ld.global.u32 %r1, [%rd2];
  add.s32 %r2, %r1, 1;
  st.global.u32 [%rd2], %r2;
  ret;
}

.visible .entry copy_word(.param .u64 copy_to, .param .u64 copy_from)
{
  .reg .b64 %rd<5>;
  .reg .b32 %r<2>;
  ld.param.u64 %rd1, [copy_to];
  ld.param.u64 %rd2, [copy_from];
  cvta.to.global.u64 %rd3, %rd1;
  cvta.to.global.u64 %rd4, %rd2;
  ld.global.u32 %r1, [%rd4];
  st.global.u32 [%rd3], %r1;
  ret;
}

.visible .entry at_most_64() .maxntid 64, 1, 1 { ret; }

.visible .entry just_32() .reqntid 32, 1, 1 { ret; }

.visible .entry with_shared()
{
  .shared .align 4 .b8 tile[1024];
  .reg .b32 %r<2>;
  mov.u32 %r1, 1;
  st.shared.u32 [tile], %r1;
  ret;
}
)";

// The kernels again for another target: "sm_90a".
inline std::string kernels_for(const std::string& target) {
  std::string text = kKernels;
  return text.replace(text.find("sm_80"), 5, target);
}

using Environment = std::vector<std::pair<std::string, std::string>>;

// For a statement that ends its own process: sets the environment, and says by the exit status
// whether all that `body` expected held.
template <class Body>
[[noreturn]] void run_with(const Environment& environment, Body body) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  body();
  std::exit(testing::Test::HasFailure() ? 1 : 0);
}

// Expects that `body`, in a process of its own, prints `message` on stderr and that its own
// expectations hold. The driver reads its environment only once.
template <class Body>
void in_own_process(const Environment& environment, const std::string& message, Body body) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run_with(environment, body), testing::ExitedWithCode(0), message);
}

class Driver : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(cuInit(0), CUDA_SUCCESS);
    ASSERT_EQ(cuCtxCreate(&context_, nullptr, 0, 0), CUDA_SUCCESS);
  }
  void TearDown() override { EXPECT_EQ(cuCtxDestroy(context_), CUDA_SUCCESS); }

  CUmodule load(const std::string& text = kKernels) {
    CUmodule module = nullptr;
    EXPECT_EQ(cuModuleLoadData(&module, text.c_str()), CUDA_SUCCESS);
    return module;
  }
  CUfunction function(const char* name) {
    CUfunction found = nullptr;
    EXPECT_EQ(cuModuleGetFunction(&found, load(), name), CUDA_SUCCESS);
    return found;
  }
  // Words of zero.
  CUdeviceptr words(size_t count = 1) {
    CUdeviceptr address = 0;
    EXPECT_EQ(cuMemAlloc(&address, count * 4), CUDA_SUCCESS);
    EXPECT_EQ(cuMemsetD8(address, 0, count * 4), CUDA_SUCCESS);
    return address;
  }
  uint32_t word(CUdeviceptr address) {
    uint32_t value = 0xDEADBEEF;
    EXPECT_EQ(cuMemcpyDtoH(&value, address, 4), CUDA_SUCCESS);
    return value;
  }
  CUstream stream(unsigned flags = CU_STREAM_NON_BLOCKING) {
    CUstream made = nullptr;
    EXPECT_EQ(cuStreamCreate(&made, flags), CUDA_SUCCESS);
    return made;
  }
  CUevent event(unsigned flags = CU_EVENT_DEFAULT) {
    CUevent made = nullptr;
    EXPECT_EQ(cuEventCreate(&made, flags), CUDA_SUCCESS);
    return made;
  }
  // One thread.
  CUresult launch(CUfunction function, CUstream stream, std::vector<void*> parameters) {
    return cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, parameters.data(), nullptr);
  }
  CUresult add_one(CUfunction function, CUstream stream, CUdeviceptr address) {
    return launch(function, stream, {&address});
  }

  CUcontext context_ = nullptr;
};

}  // namespace ptxsim
