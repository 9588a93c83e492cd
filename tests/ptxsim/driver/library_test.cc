#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

class Libraries : public Driver {
 protected:
  void SetUp() override {
    Driver::SetUp();
    ASSERT_EQ(cuLibraryLoadData(&library_, kKernels, nullptr, nullptr, 0, nullptr, nullptr, 0),
              CUDA_SUCCESS);
  }
  CUkernel kernel(const char* name) {
    CUkernel kernel = nullptr;
    EXPECT_EQ(cuLibraryGetKernel(&kernel, library_, name), CUDA_SUCCESS);
    return kernel;
  }

  CUlibrary library_ = nullptr;
};

TEST_F(Libraries, ListTheirKernels) {
  unsigned count = 0;
  ASSERT_EQ(cuLibraryGetKernelCount(&count, library_), CUDA_SUCCESS);
  EXPECT_EQ(count, 6u);
  std::vector<CUkernel> kernels(count);
  ASSERT_EQ(cuLibraryEnumerateKernels(kernels.data(), count, library_), CUDA_SUCCESS);
  std::vector<std::string> names;
  for (CUkernel kernel : kernels) {
    const char* name = nullptr;
    ASSERT_EQ(cuKernelGetName(&name, kernel), CUDA_SUCCESS);
    names.push_back(name);
    CUlibrary owner = nullptr;
    ASSERT_EQ(cuKernelGetLibrary(&owner, kernel), CUDA_SUCCESS);
    EXPECT_EQ(owner, library_);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("store", "add_one", "copy_word", "at_most_64",
                                                   "just_32", "with_shared"));
  EXPECT_EQ(kernel("store"), kernel("store"));
}

TEST_F(Libraries, AMissingNameIsNotFound) {
  CUkernel kernel = nullptr;
  CUfunction function = nullptr;
  CUdeviceptr address = 0;
  size_t bytes = 0;
  CUmodule module = load();
  EXPECT_EQ(cuLibraryGetKernel(&kernel, library_, "stor"), CUDA_ERROR_NOT_FOUND);
  EXPECT_EQ(cuLibraryGetGlobal(&address, &bytes, library_, "store"), CUDA_ERROR_NOT_FOUND);
  EXPECT_EQ(cuModuleGetFunction(&function, module, "counter"), CUDA_ERROR_NOT_FOUND);
  EXPECT_EQ(cuModuleGetGlobal(&address, &bytes, module, "none"), CUDA_ERROR_NOT_FOUND);
  EXPECT_EQ(cuLibraryGetKernel(&kernel, library_, nullptr), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuLibraryGetKernel(nullptr, library_, "store"), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Libraries, VariablesAreOfEachContext) {
  CUdeviceptr first = 0, second = 0;
  size_t bytes = 0;
  ASSERT_EQ(cuLibraryGetGlobal(&first, &bytes, library_, "counter"), CUDA_SUCCESS);
  EXPECT_EQ(bytes, 4u);
  EXPECT_EQ(word(first), 7u);
  CUcontext other = nullptr;
  ASSERT_EQ(cuCtxCreate(&other, nullptr, 0, 0), CUDA_SUCCESS);
  ASSERT_EQ(cuLibraryGetGlobal(&second, &bytes, library_, "counter"), CUDA_SUCCESS);
  EXPECT_NE(first, second);
  ASSERT_EQ(cuCtxDestroy(other), CUDA_SUCCESS);
  uint32_t value = 0;
  EXPECT_EQ(cuMemcpyDtoH(&value, second, 4), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(word(first), 7u);
}

TEST_F(Libraries, AKernelIsLaunchedAsItIsOrAsItsFunction) {
  const CUkernel kernel = this->kernel("add_one");
  CUfunction function = nullptr;
  ASSERT_EQ(cuKernelGetFunction(&function, kernel), CUDA_SUCCESS);
  CUfunctionLoadingState loading = CU_FUNCTION_LOADING_STATE_UNLOADED;
  EXPECT_EQ(cuFuncLoad(function), CUDA_SUCCESS);
  EXPECT_EQ(cuFuncIsLoaded(&loading, function), CUDA_SUCCESS);
  EXPECT_EQ(loading, CU_FUNCTION_LOADING_STATE_LOADED);
  CUmodule module = nullptr, again = nullptr;
  EXPECT_EQ(cuFuncGetModule(&module, function), CUDA_SUCCESS);
  EXPECT_EQ(cuLibraryGetModule(&again, library_), CUDA_SUCCESS);
  EXPECT_EQ(module, again);
  EXPECT_EQ(cuModuleUnload(module), CUDA_ERROR_INVALID_HANDLE) << "it is the library's";
  CUdeviceptr memory = words();
  EXPECT_EQ(add_one(function, nullptr, memory), CUDA_SUCCESS);
  EXPECT_EQ(add_one(reinterpret_cast<CUfunction>(kernel), nullptr, memory), CUDA_SUCCESS);
  EXPECT_EQ(word(memory), 2u);
}

TEST_F(Libraries, WhatWasUnloadedIsNoHandle) {
  const CUkernel kernel = this->kernel("add_one");
  CUfunction function = nullptr;
  CUdeviceptr variable = 0, memory = words();
  const char* name = nullptr;
  ASSERT_EQ(cuKernelGetFunction(&function, kernel), CUDA_SUCCESS);
  ASSERT_EQ(cuLibraryGetGlobal(&variable, nullptr, library_, "counter"), CUDA_SUCCESS);
  ASSERT_EQ(cuLibraryUnload(library_), CUDA_SUCCESS);
  EXPECT_EQ(cuLibraryUnload(library_), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuKernelGetName(&name, kernel), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(cuFuncGetName(&name, function), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_EQ(add_one(function, nullptr, memory), CUDA_ERROR_INVALID_HANDLE);
  uint32_t value = 0;
  EXPECT_EQ(cuMemcpyDtoH(&value, variable, 4), CUDA_ERROR_INVALID_VALUE);
}

// Offsets as the PTX manual lays out a .u64 and a .u32.
TEST_F(Libraries, ParametersHaveOffsetsAndSizes) {
  size_t offset = 99, bytes = 99;
  const CUkernel store = kernel("store");
  EXPECT_EQ(cuKernelGetParamInfo(store, 0, &offset, &bytes), CUDA_SUCCESS);
  EXPECT_EQ(offset, 0u);
  EXPECT_EQ(bytes, 8u);
  EXPECT_EQ(cuKernelGetParamInfo(store, 1, &offset, &bytes), CUDA_SUCCESS);
  EXPECT_EQ(offset, 8u);
  EXPECT_EQ(bytes, 4u);
  EXPECT_EQ(cuKernelGetParamInfo(store, 2, &offset, &bytes), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuFuncGetParamInfo(function("store"), 1, &offset, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(offset, 8u);
}

TEST_F(Libraries, FunctionsHaveAttributes) {
  auto attribute = [&](const char* name, CUfunction_attribute which) {
    int value = -1;
    EXPECT_EQ(cuFuncGetAttribute(&value, which, function(name)), CUDA_SUCCESS);
    int of_kernel = -2;
    EXPECT_EQ(cuKernelGetAttribute(&of_kernel, which, kernel(name), 0), CUDA_SUCCESS);
    EXPECT_EQ(value, of_kernel);
    return value;
  };
  EXPECT_EQ(attribute("store", CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK), 1024);
  EXPECT_EQ(attribute("at_most_64", CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK), 64);
  EXPECT_EQ(attribute("with_shared", CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES), 1024);
  EXPECT_EQ(attribute("with_shared", CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES), 47 * 1024);
  EXPECT_EQ(attribute("store", CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES), 0);
  EXPECT_EQ(attribute("store", CU_FUNC_ATTRIBUTE_PTX_VERSION), 80);
  int value = 0;
  EXPECT_EQ(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX, function("store")),
            CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_NUM_REGS, nullptr),
            CUDA_ERROR_INVALID_HANDLE);
}

TEST_F(Libraries, DynamicSharedMemoryIsAskedFor) {
  const auto which = CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
  const CUkernel kernel = this->kernel("with_shared");
  CUfunction function = nullptr;
  ASSERT_EQ(cuKernelGetFunction(&function, kernel), CUDA_SUCCESS);
  auto launch = [&](unsigned bytes) {
    return cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, bytes, nullptr, nullptr, nullptr);
  };
  EXPECT_EQ(launch(47 * 1024), CUDA_SUCCESS);
  EXPECT_EQ(launch(47 * 1024 + 1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuFuncSetAttribute(function, which, 226 * 1024 + 1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuFuncSetAttribute(function, which, -1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_NUM_REGS, 8), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuFuncSetAttribute(function, which, 64 * 1024), CUDA_SUCCESS);
  EXPECT_EQ(launch(64 * 1024), CUDA_SUCCESS);
  EXPECT_EQ(launch(64 * 1024 + 1), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuKernelSetAttribute(which, 226 * 1024, kernel, 0), CUDA_SUCCESS);
  EXPECT_EQ(launch(226 * 1024), CUDA_SUCCESS);
  EXPECT_EQ(cuKernelSetAttribute(which, 0, kernel, 1), CUDA_ERROR_INVALID_DEVICE);
}

TEST_F(Libraries, AnAttributeOfAKernelIsOfEveryContextOfItsDevice) {
  const auto which = CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
  const CUkernel kernel = this->kernel("with_shared");
  ASSERT_EQ(cuKernelSetAttribute(which, 100 * 1024, kernel, 0), CUDA_SUCCESS);
  CUfunction function = nullptr;
  ASSERT_EQ(cuKernelGetFunction(&function, kernel), CUDA_SUCCESS) << "it is loaded only now";
  int value = 0;
  EXPECT_EQ(cuFuncGetAttribute(&value, which, function), CUDA_SUCCESS);
  EXPECT_EQ(value, 100 * 1024);
  EXPECT_EQ(cuKernelGetAttribute(&value, which, kernel, 0), CUDA_SUCCESS);
  EXPECT_EQ(value, 100 * 1024);
}

// sm_100: 2048 threads, 32 blocks, 228 KiB of shared memory, of which each block costs 1 KiB more
// than it asks for.
TEST_F(Libraries, OccupancyIsOfThreadsBlocksAndSharedMemory) {
  auto blocks = [&](const char* name, int threads, size_t shared) {
    int count = -1;
    EXPECT_EQ(cuOccupancyMaxActiveBlocksPerMultiprocessor(&count, function(name), threads, shared),
              CUDA_SUCCESS);
    return count;
  };
  EXPECT_EQ(blocks("store", 1024, 0), 2);
  EXPECT_EQ(blocks("store", 33, 0), 32);
  EXPECT_EQ(blocks("store", 96, 0), 21);
  EXPECT_EQ(blocks("store", 32, 75 * 1024), 3);
  EXPECT_EQ(blocks("with_shared", 32, 74 * 1024), 3);
  EXPECT_EQ(blocks("store", 32, 228 * 1024), 0);
  EXPECT_EQ(blocks("at_most_64", 96, 0), 0);
  int grid = 0, block = 0;
  EXPECT_EQ(cuOccupancyMaxPotentialBlockSize(&grid, &block, function("store"), nullptr, 0, 0),
            CUDA_SUCCESS);
  EXPECT_EQ(block, 1024);
  EXPECT_EQ(grid, 8);
  EXPECT_EQ(cuOccupancyMaxPotentialBlockSize(&grid, &block, function("at_most_64"), nullptr, 0, 0),
            CUDA_SUCCESS);
  EXPECT_EQ(block, 64);
}

}  // namespace
}  // namespace ptxsim
