// What is of the whole process: forks, planned failures, statistics, several devices.
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

CUcontext open_device(int device) {
  CUcontext context = nullptr;
  EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxCreate(&context, nullptr, 0, device), CUDA_SUCCESS);
  return context;
}

CUfunction find(const std::string& text, const char* name) {
  CUmodule module = nullptr;
  CUfunction function = nullptr;
  EXPECT_EQ(cuModuleLoadData(&module, text.c_str()), CUDA_SUCCESS);
  EXPECT_EQ(cuModuleGetFunction(&function, module, name), CUDA_SUCCESS);
  return function;
}

CUresult store(CUfunction function, CUdeviceptr address, uint32_t value, unsigned blocks = 1) {
  void* parameters[] = {&address, &value};
  return cuLaunchKernel(function, blocks, 1, 1, 1, 1, 1, 0, nullptr, parameters, nullptr);
}

TEST_F(Driver, AForkedChildHasNoDriver) {
  const pid_t child = fork();
  if (child == 0) {
    int count = 0;
    const bool as_expected = cuDeviceGetCount(&count) == CUDA_ERROR_NOT_INITIALIZED &&
                             cuInit(0) == CUDA_ERROR_NOT_INITIALIZED &&
                             cuCtxSynchronize() == CUDA_ERROR_NOT_INITIALIZED &&
                             cuDriverGetVersion(&count) == CUDA_SUCCESS;
    _exit(as_expected ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
}

TEST(PlannedFailures, AreOfTheCallThatTheyName) {
  in_own_process(
      {{"PTXSIM_FAIL", "cuMemAlloc:2:2,cuMemFree:1:CUDA_ERROR_UNKNOWN,cuLaunchKernel:1:700"}}, "",
      [] {
        open_device(0);
        CUdeviceptr first = 0, second = 7;
        EXPECT_EQ(cuMemAlloc(&first, 4), CUDA_SUCCESS);
        EXPECT_EQ(cuMemAlloc(&second, 4), CUDA_ERROR_OUT_OF_MEMORY);
        EXPECT_EQ(second, 7u) << "the call did nothing";
        EXPECT_EQ(cuMemAlloc(&second, 4), CUDA_SUCCESS);
        EXPECT_EQ(cuMemFree(second), CUDA_ERROR_UNKNOWN);
        EXPECT_EQ(cuMemFree(second), CUDA_SUCCESS);
        uint32_t value = 0;
        EXPECT_EQ(cuMemsetD8(first, 0, 4), CUDA_SUCCESS);
        const CUfunction function = find(kKernels, "store");
        EXPECT_EQ(store(function, first, 1), CUDA_ERROR_ILLEGAL_ADDRESS);
        EXPECT_EQ(cuMemcpyDtoH(&value, first, 4), CUDA_SUCCESS) << "it does not stick";
        EXPECT_EQ(value, 0u);
        EXPECT_EQ(store(function, first, 1), CUDA_SUCCESS);
      });
  in_own_process({{"PTXSIM_FAIL", "cuInit:1:999"}}, "", [] {
    EXPECT_EQ(cuInit(0), CUDA_ERROR_UNKNOWN);
    EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
  });
}

TEST(PlannedFailures, ThatMeanNothingFailInit) {
  for (const char* value :
       {"cuMemAlloc", "cuMemAlloc:1", "cuMemAlloc:0:2", "cuMemAlloc:x:2", "cuMemAlloc:1:0",
        "cuMemAlloc:1:12345", "cuMemAlloc:1:CUDA_ERROR_NONE", "cuMalloc:1:2", "cuMemAlloc:1:2,",
        "cuMemAlloc:1:2:3", "cuMemAlloc_v2:1:2", ","}) {
    SCOPED_TRACE(value);
    in_own_process({{"PTXSIM_FAIL", value}}, "ptxsim: cuInit: PTXSIM_FAIL: ", [] {
      EXPECT_EQ(cuInit(0), CUDA_ERROR_INVALID_VALUE);
    });
  }
}

TEST(Statistics, AreALineForEachDeviceThatLaunched) {
  const std::string path = testing::TempDir() + "ptxsim_statistics_" + std::to_string(getpid());
  const char* kPath = "PTXSIM_TEST_STATISTICS";
  // The path is the parent's; the child is another process.
  if (getenv(kPath) == nullptr) setenv(kPath, path.c_str(), 1);
  in_own_process({{"PTXSIM_STATS", getenv(kPath)}, {"PTXSIM_DEVICES", "3"}}, "", [] {
    for (int device : {0, 2}) {
      open_device(device);
      CUdeviceptr memory = 0;
      EXPECT_EQ(cuMemAlloc(&memory, 4), CUDA_SUCCESS);
      const CUfunction function = find(kKernels, "store");
      for (int i = 0; i <= device; ++i) EXPECT_EQ(store(function, memory, 1, 5), CUDA_SUCCESS);
      EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
      EXPECT_FALSE(std::ifstream(getenv("PTXSIM_STATS")).good()) << "not before the end";
    }
  });
  std::ifstream file(getenv(kPath));
  std::string first, second, rest;
  std::getline(file, first);
  std::getline(file, second);
  // One thread of `store` runs 8 instructions.
  EXPECT_THAT(first,
              testing::ContainsRegex("^\\{\"device\": 0, \"launches\": 1, \"blocks\": 5, "
                                     "\"thread_instructions\": 40, \"kernel_seconds\": [0-9.]+, "
                                     "\"findings\": 0\\}$"));
  EXPECT_THAT(second, testing::HasSubstr("\"device\": 2, \"launches\": 3, \"blocks\": 15, "
                                         "\"thread_instructions\": 120"));
  EXPECT_FALSE(std::getline(file, rest));
  unlink(getenv(kPath));
  unsetenv(kPath);
}

TEST(TwoDevices, HaveTheirOwnMemoryAndCode) {
  in_own_process(
      {{"PTXSIM_DEVICE", "sm_90,sm_120a"}, {"PTXSIM_MEMORY_MB", "1"}},
      "cuKernelGetFunction: PTX for sm_120a does not run on sm_90", [] {
        CUcontext contexts[2] = {open_device(0), open_device(1)};
        CUlibrary library = nullptr;
        CUkernel kernel = nullptr;
        CUfunction functions[2] = {};
        ASSERT_EQ(cuLibraryLoadData(&library, kernels_for("sm_120a").c_str(), nullptr, nullptr, 0,
                                    nullptr, nullptr, 0),
                  CUDA_SUCCESS)
            << "it runs on one of them";
        ASSERT_EQ(cuLibraryGetKernel(&kernel, library, "store"), CUDA_SUCCESS);
        EXPECT_EQ(cuKernelGetFunction(&functions[1], kernel), CUDA_SUCCESS);
        ASSERT_EQ(cuCtxSetCurrent(contexts[0]), CUDA_SUCCESS);
        EXPECT_EQ(cuKernelGetFunction(&functions[0], kernel), CUDA_ERROR_NO_BINARY_FOR_GPU);
        functions[0] = find(kernels_for("sm_90a"), "store");
        CUdeviceptr memory[2] = {};
        for (int device = 0; device < 2; ++device) {
          ASSERT_EQ(cuCtxSetCurrent(contexts[device]), CUDA_SUCCESS);
          EXPECT_EQ(cuMemAlloc(&memory[device], 1 << 19), CUDA_SUCCESS);
          EXPECT_EQ(store(functions[device], memory[device], 7), CUDA_SUCCESS);
          EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
        }
        int ordinal = -1;
        EXPECT_EQ(cuPointerGetAttribute(&ordinal, CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL, memory[0]),
                  CUDA_SUCCESS);
        EXPECT_EQ(ordinal, 0);
        EXPECT_EQ(store(functions[1], memory[0], 7), CUDA_SUCCESS);
        EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS) << "the other device's memory";
        ASSERT_EQ(cuCtxSetCurrent(contexts[0]), CUDA_SUCCESS);
        EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
      });
}

}  // namespace
}  // namespace ptxsim
