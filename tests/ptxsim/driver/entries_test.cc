// cuGetProcAddress, entries that are not modelled, the texts of errors.
#include <cudaTypedefs.h>
#include <dlfcn.h>

#include "tests/ptxsim/driver/driver_fixture.h"
#include "tests/ptxsim/driver/profiler.h"

namespace ptxsim {
namespace {

using testing::HasSubstr;

struct Asked {
  CUresult code = CUDA_ERROR_UNKNOWN;
  void* address = nullptr;
  CUdriverProcAddressQueryResult status = CU_GET_PROC_ADDRESS_SUCCESS;
};

Asked ask(const char* name, int version, cuuint64_t flags = CU_GET_PROC_ADDRESS_DEFAULT) {
  Asked asked;
  asked.code = cuGetProcAddress(name, &asked.address, version, flags, &asked.status);
  return asked;
}

void* symbol(const char* name) {
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  EXPECT_NE(library, nullptr);
  return dlsym(library, name);
}

TEST(Entries, AreFoundFromTheVersionOnThatHasThem) {
  const struct {
    const char* name;
    int version;
    const char* symbol;
  } kExpected[] = {
      {"cuInit", 2000, "cuInit"},
      {"cuMemAlloc", 3020, "cuMemAlloc_v2"},
      {"cuMemAlloc", 13000, "cuMemAlloc_v2"},
      {"cuCtxCreate", 3020, "cuCtxCreate_v2"},
      {"cuCtxCreate", 12050, "cuCtxCreate_v4"},
      {"cuLibraryLoadData", 12000, "cuLibraryLoadData"},
      {"cuGetProcAddress", 11030, "cuGetProcAddress"},
      {"cuGetProcAddress", 12000, "cuGetProcAddress_v2"},
      {"cuStreamGetCaptureInfo", 11030, "cuStreamGetCaptureInfo_v2"},
      {"cuStreamGetCaptureInfo", 12030, "cuStreamGetCaptureInfo_v3"},
      {"cuGraphInstantiate", 12000, "cuGraphInstantiateWithFlags"},
      {"cuTexRefSetAddress2D", 4010, "cuTexRefSetAddress2D_v3"},
  };
  for (const auto& expected : kExpected) {
    const Asked asked = ask(expected.name, expected.version);
    EXPECT_EQ(asked.code, CUDA_SUCCESS);
    EXPECT_EQ(asked.status, CU_GET_PROC_ADDRESS_SUCCESS);
    ASSERT_NE(symbol(expected.symbol), nullptr) << expected.symbol;
    EXPECT_EQ(asked.address, symbol(expected.symbol)) << expected.symbol;
  }
}

TEST(Entries, ThatAreNotThereSaySo) {
  EXPECT_EQ(ask("cuNever", 13000).status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
  EXPECT_EQ(ask("cuNever", 13000).code, CUDA_SUCCESS);
  EXPECT_EQ(ask("cuMemAlloc_v2", 13000).status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
  EXPECT_EQ(ask("cuLibraryLoadData", 11080).status, CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
  EXPECT_EQ(ask("cuLibraryLoadData", 11080).address, nullptr);
  EXPECT_EQ(ask("cuInit", CUDA_VERSION + 10).code, CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(ask(nullptr, 13000).code, CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(ask("cuInit", 13000, 4).code, CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuGetProcAddress("cuInit", nullptr, 13000, 0, nullptr), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(Driver, TheNullStreamOfAPerThreadVariantIsTheThreads) {
  const Asked asked = ask("cuStreamGetId", 12000, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
  ASSERT_EQ(asked.address, symbol("cuStreamGetId_ptsz"));
  unsigned long long of_variant = 0, of_thread = 1, of_null = 2;
  const auto get_id = reinterpret_cast<PFN_cuStreamGetId_v12000_ptsz>(asked.address);
  EXPECT_EQ(get_id(nullptr, &of_variant), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamGetId(CU_STREAM_PER_THREAD, &of_thread), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamGetId(nullptr, &of_null), CUDA_SUCCESS);
  EXPECT_EQ(of_variant, of_thread);
  EXPECT_NE(of_variant, of_null);
  EXPECT_EQ(ask("cuInit", 12000, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM).address,
            symbol("cuInit"));
  const Asked launch =
      ask("cuLaunchKernelEx", 12000, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
  const auto launch_ex = reinterpret_cast<decltype(&cuLaunchKernelEx)>(launch.address);
  EXPECT_NE(launch.address, symbol("cuLaunchKernelEx"));
  ASSERT_EQ(cuStreamBeginCapture(CU_STREAM_PER_THREAD, CU_STREAM_CAPTURE_MODE_RELAXED),
            CUDA_SUCCESS);
  const CUlaunchConfig config = {1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, 0};
  EXPECT_EQ(launch_ex(&config, function("at_most_64"), nullptr, nullptr), CUDA_SUCCESS);
  CUgraph graph = nullptr;
  ASSERT_EQ(cuStreamEndCapture(CU_STREAM_PER_THREAD, &graph), CUDA_SUCCESS);
  size_t nodes = 0;
  EXPECT_EQ(cuGraphGetNodes(graph, nullptr, &nodes), CUDA_SUCCESS);
  EXPECT_EQ(nodes, 1u);
}

TEST(Entries, ThatAreNotModelledSayTheirNameOnce) {
  CUmemoryPool pool = nullptr;
  testing::internal::CaptureStderr();
  EXPECT_EQ(cuDeviceGetDefaultMemPool(&pool, 0), CUDA_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(cuDeviceGetDefaultMemPool(&pool, 0), CUDA_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "ptxsim: cuDeviceGetDefaultMemPool: not modelled\n");
}

TEST_F(Driver, TheProfilerIsANoOp) {
  EXPECT_EQ(cuProfilerStart(), CUDA_SUCCESS);
  EXPECT_EQ(cuProfilerStop(), CUDA_SUCCESS);
}

TEST(Errors, HaveNamesAndTexts) {
  const char* text = nullptr;
  EXPECT_EQ(cuGetErrorName(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, &text), CUDA_SUCCESS);
  EXPECT_STREQ(text, "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT");
  EXPECT_EQ(cuGetErrorName(CUDA_SUCCESS, &text), CUDA_SUCCESS);
  EXPECT_STREQ(text, "CUDA_SUCCESS");
  EXPECT_EQ(cuGetErrorName(CUDA_ERROR_UNKNOWN, &text), CUDA_SUCCESS);
  EXPECT_STREQ(text, "CUDA_ERROR_UNKNOWN");
  EXPECT_EQ(cuGetErrorString(CUDA_ERROR_LAUNCH_TIMEOUT, &text), CUDA_SUCCESS);
  EXPECT_THAT(text, HasSubstr("took too long to execute"));
  EXPECT_EQ(cuGetErrorName(static_cast<CUresult>(77777), &text), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(cuGetErrorString(CUDA_SUCCESS, nullptr), CUDA_ERROR_INVALID_VALUE);
}

}  // namespace
}  // namespace ptxsim
