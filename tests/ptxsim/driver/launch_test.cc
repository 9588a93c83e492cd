#include <cstring>

#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

class Launch : public Driver {
 protected:
  CUresult shaped(CUfunction function, std::vector<unsigned> grid, std::vector<unsigned> block) {
    return cuLaunchKernel(function, grid[0], grid[1], grid[2], block[0], block[1], block[2], 0,
                          nullptr, nullptr, nullptr);
  }
  CUresult with(const CUlaunchAttribute& attribute) {
    CUlaunchAttribute attributes[] = {attribute};
    const CUlaunchConfig config = {1, 1, 1, 32, 1, 1, 0, nullptr, attributes, 1};
    return cuLaunchKernelEx(&config, function("at_most_64"), nullptr, nullptr);
  }
};

TEST_F(Launch, EveryThreadRuns) {
  CUdeviceptr memory = words(96);
  uint32_t value = 5;
  void* parameters[] = {&memory, &value};
  EXPECT_EQ(cuLaunchKernel(function("store"), 2, 1, 1, 95, 1, 1, 0, nullptr, parameters, nullptr),
            CUDA_SUCCESS);
  std::vector<uint32_t> back(96);
  EXPECT_EQ(cuMemcpyDtoH(back.data(), memory, 96 * 4), CUDA_SUCCESS);
  std::vector<uint32_t> expected(96, 5);
  expected[95] = 0;
  EXPECT_EQ(back, expected);
}

TEST_F(Launch, ParametersMayComeInOnePiece) {
  struct {
    CUdeviceptr address;
    uint32_t value;
  } packed = {words(), 9};
  size_t bytes = 12;
  void* extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, &packed, CU_LAUNCH_PARAM_BUFFER_SIZE, &bytes,
                   CU_LAUNCH_PARAM_END};
  const CUfunction store = function("store");
  EXPECT_EQ(cuLaunchKernel(store, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, extra), CUDA_SUCCESS);
  EXPECT_EQ(word(packed.address), 9u);
  void* each[] = {&packed.address, &packed.value};
  EXPECT_EQ(cuLaunchKernel(store, 1, 1, 1, 1, 1, 1, 0, nullptr, each, extra),
            CUDA_ERROR_INVALID_VALUE);
  bytes = 8;
  EXPECT_EQ(cuLaunchKernel(store, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, extra),
            CUDA_ERROR_INVALID_VALUE);
  void* strange[] = {reinterpret_cast<void*>(7), &packed, CU_LAUNCH_PARAM_END};
  EXPECT_EQ(cuLaunchKernel(store, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, strange),
            CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Launch, MissingParametersAreRefused) {
  const CUfunction store = function("store");
  CUdeviceptr memory = words();
  EXPECT_EQ(cuLaunchKernel(store, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr),
            CUDA_ERROR_INVALID_VALUE);
  testing::internal::CaptureStderr();
  EXPECT_EQ(launch(store, nullptr, {&memory, nullptr}), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "ptxsim: cuLaunchKernel: kernel store: parameter 1 is not given\n");
}

TEST_F(Launch, ShapesBeyondTheLimitsAreRefused) {
  const CUfunction any = function("with_shared");
  EXPECT_EQ(shaped(any, {1, 1, 1}, {16, 8, 8}), CUDA_SUCCESS);
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<unsigned> one = {1, 1, 1}, zero = one, many = one, thick = one;
    zero[static_cast<size_t>(axis)] = 0;
    many[static_cast<size_t>(axis)] = axis == 0 ? 0x80000000u : 65536;
    thick[static_cast<size_t>(axis)] = axis == 2 ? 65 : 1025;
    EXPECT_EQ(shaped(any, zero, one), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(shaped(any, one, zero), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(shaped(any, many, one), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(shaped(any, one, thick), CUDA_ERROR_INVALID_VALUE);
  }
  EXPECT_EQ(shaped(any, {1, 1, 1}, {33, 32, 1}), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Launch, BlocksBeyondTheKernelsOwnLimitAreRefused) {
  EXPECT_EQ(shaped(function("at_most_64"), {1, 1, 1}, {8, 8, 1}), CUDA_SUCCESS);
  EXPECT_EQ(shaped(function("at_most_64"), {1, 1, 1}, {65, 1, 1}),
            CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
  EXPECT_EQ(shaped(function("just_32"), {3, 1, 1}, {32, 1, 1}), CUDA_SUCCESS);
  EXPECT_EQ(shaped(function("just_32"), {1, 1, 1}, {16, 1, 1}), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(shaped(function("just_32"), {1, 1, 1}, {16, 2, 1}), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Launch, WhatIsNoHandleIsRefused) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  EXPECT_EQ(add_one(nullptr, nullptr, memory), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(add_one(reinterpret_cast<CUfunction>(this), nullptr, memory),
            CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(add_one(add, reinterpret_cast<CUstream>(this), memory), CUDA_ERROR_INVALID_HANDLE);
  CUstream gone = stream();
  ASSERT_EQ(cuStreamDestroy(gone), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, gone, memory), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuLaunchKernelEx(nullptr, add, nullptr, nullptr), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(word(memory), 0u);
}

TEST_F(Launch, AStreamNeedsNoCurrentContextAndTheNullStreamDoes) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUstream stream = this->stream();
  ASSERT_EQ(cuCtxPopCurrent(nullptr), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, nullptr, memory), CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_EQ(add_one(add, CU_STREAM_PER_THREAD, memory), CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
  ASSERT_EQ(cuCtxPushCurrent(context_), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, nullptr, memory), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, CU_STREAM_LEGACY, memory), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, CU_STREAM_PER_THREAD, memory), CUDA_SUCCESS);
  EXPECT_EQ(word(memory), 4u);
}

TEST_F(Launch, AFunctionOfAnotherContextIsRefused) {
  const CUfunction add = function("add_one");
  CUdeviceptr memory = words();
  CUcontext other = nullptr;
  ASSERT_EQ(cuCtxCreate(&other, nullptr, 0, 0), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, nullptr, memory), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuCtxDestroy(other), CUDA_SUCCESS);
}

TEST_F(Launch, HarmlessAttributesArePassedOver) {
  CUlaunchAttribute attribute = {};
  attribute.id = CU_LAUNCH_ATTRIBUTE_PRIORITY;
  EXPECT_EQ(with(attribute), CUDA_SUCCESS);
  attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
  attribute.value.clusterDim = {1, 1, 1};
  EXPECT_EQ(with(attribute), CUDA_SUCCESS);
  attribute = {};
  attribute.id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
  EXPECT_EQ(with(attribute), CUDA_SUCCESS);
  attribute.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
  attribute.value.programmaticStreamSerializationAllowed = 1;
  EXPECT_EQ(with(attribute), CUDA_SUCCESS);
}

TEST_F(Launch, AttributesThatAreNotModelledAreRefused) {
  CUlaunchAttribute attribute = {};
  attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
  attribute.value.clusterDim = {2, 1, 1};
  EXPECT_EQ(with(attribute), CUDA_ERROR_NOT_SUPPORTED);
  attribute = {};
  attribute.id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE;
  attribute.value.cooperative = 1;
  EXPECT_EQ(with(attribute), CUDA_ERROR_NOT_SUPPORTED);
  attribute.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_EVENT;
  EXPECT_EQ(with(attribute), CUDA_ERROR_NOT_SUPPORTED);
  attribute.id = static_cast<CUlaunchAttributeID>(77);
  EXPECT_EQ(with(attribute), CUDA_ERROR_NOT_SUPPORTED);
  const CUlaunchConfig without = {1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, 1};
  EXPECT_EQ(cuLaunchKernelEx(&without, function("at_most_64"), nullptr, nullptr),
            CUDA_ERROR_INVALID_VALUE);
}

TEST(LaunchOnAnOldDevice, NothingIsProgrammatic) {
  in_own_process({{"PTXSIM_DEVICE", "sm_89"}}, "sm_89 has no programmatic launches", [] {
    CUcontext context = nullptr;
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    ASSERT_EQ(cuInit(0), CUDA_SUCCESS);
    ASSERT_EQ(cuCtxCreate(&context, nullptr, 0, 0), CUDA_SUCCESS);
    ASSERT_EQ(cuModuleLoadData(&module, kKernels), CUDA_SUCCESS);
    ASSERT_EQ(cuModuleGetFunction(&function, module, "at_most_64"), CUDA_SUCCESS);
    CUlaunchAttribute attribute = {};
    attribute.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
    CUlaunchConfig config = {1, 1, 1, 1, 1, 1, 0, nullptr, &attribute, 1};
    EXPECT_EQ(cuLaunchKernelEx(&config, function, nullptr, nullptr), CUDA_SUCCESS);
    attribute.value.programmaticStreamSerializationAllowed = 1;
    EXPECT_EQ(cuLaunchKernelEx(&config, function, nullptr, nullptr), CUDA_ERROR_NOT_SUPPORTED);
  });
}

}  // namespace
}  // namespace ptxsim
