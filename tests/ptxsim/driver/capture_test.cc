// Which calls a capture allows, and to whom; expectations from cuda.h's text on
// cuThreadExchangeStreamCaptureMode and from the meaning of the error codes there.
#include <functional>

#include "tests/ptxsim/driver/capture_fixture.h"

namespace ptxsim {
namespace {

// Whether a call of the mode below is forbidden: by the capture's mode, in its thread and
// elsewhere.
struct Rule {
  CUstreamCaptureMode capture, caller;
  bool same_thread_forbidden, other_thread_forbidden;
};

class UnsafeCalls : public Captures, public testing::WithParamInterface<Rule> {};

TEST_P(UnsafeCalls, AreForbiddenAndInvalidateAsTheModesSay) {
  const Rule& rule = GetParam();
  for (bool same_thread : {true, false}) {
    SCOPED_TRACE(same_thread ? "same thread" : "other thread");
    CUstream stream = begin(rule.capture);
    CUstreamCaptureMode mode = rule.caller;
    CUresult result = CUDA_ERROR_UNKNOWN;
    if (same_thread) {
      ASSERT_EQ(cuThreadExchangeStreamCaptureMode(&mode), CUDA_SUCCESS);
      result = allocate();
      ASSERT_EQ(cuThreadExchangeStreamCaptureMode(&mode), CUDA_SUCCESS);
      EXPECT_EQ(mode, rule.caller);
    } else {
      result = allocate_elsewhere(rule.caller);
    }
    const bool forbidden = same_thread ? rule.same_thread_forbidden : rule.other_thread_forbidden;
    EXPECT_EQ(result, forbidden ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED : CUDA_SUCCESS);
    EXPECT_EQ(status(stream),
              forbidden ? CU_STREAM_CAPTURE_STATUS_INVALIDATED : CU_STREAM_CAPTURE_STATUS_ACTIVE);
    EXPECT_EQ(end(stream), forbidden ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : CUDA_SUCCESS);
    EXPECT_EQ(graph_ == nullptr, forbidden);
    EXPECT_EQ(allocate(), CUDA_SUCCESS) << "after the capture";
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, UnsafeCalls,
                         testing::Values(Rule{kGlobal, kGlobal, true, true},
                                         Rule{kGlobal, kThreadLocal, true, false},
                                         Rule{kGlobal, kRelaxed, false, false},
                                         Rule{kThreadLocal, kGlobal, true, false},
                                         Rule{kThreadLocal, kThreadLocal, true, false},
                                         Rule{kThreadLocal, kRelaxed, false, false},
                                         Rule{kRelaxed, kGlobal, false, false},
                                         Rule{kRelaxed, kThreadLocal, false, false},
                                         Rule{kRelaxed, kRelaxed, false, false}));

TEST_F(Captures, TheseCallsAreUnsafe) {
  CUdeviceptr memory = words();
  CUmodule module = load();
  void* host = nullptr;
  uint32_t value = 0;
  CUlibrary library = nullptr;
  const std::vector<std::pair<const char*, std::function<CUresult()>>> calls = {
      {"cuMemAlloc", [&] { return allocate(); }},
      {"cuMemFree", [&] { return cuMemFree(memory); }},
      {"cuMemAllocHost", [&] { return cuMemAllocHost(&host, 4); }},
      {"cuMemHostRegister", [&] { return cuMemHostRegister(&value, 4, 0); }},
      {"cuMemcpyDtoH", [&] { return cuMemcpyDtoH(&value, memory, 4); }},
      {"cuMemsetD8", [&] { return cuMemsetD8(memory, 0, 4); }},
      {"cuModuleLoadData", [&] { return cuModuleLoadData(&module, kKernels); }},
      {"cuModuleUnload", [&] { return cuModuleUnload(module); }},
      {"cuLibraryLoadData",
       [&] {
         return cuLibraryLoadData(&library, kKernels, nullptr, nullptr, 0, nullptr, nullptr, 0);
       }},
  };
  for (const auto& [name, call] : calls) {
    CUstream stream = begin(kGlobal);
    EXPECT_EQ(call(), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED) << name;
    EXPECT_EQ(end(stream), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED) << name;
  }
  EXPECT_EQ(cuMemFree(memory), CUDA_SUCCESS) << "it had not been freed";
}

TEST_F(Captures, TheseCallsAreSafe) {
  CUmodule module = load();
  CUstream stream = begin(kGlobal), other = this->stream();
  CUfunction function = nullptr;
  int value = 0;
  CUcontext context = nullptr;
  EXPECT_EQ(cuModuleGetFunction(&function, module, "store"), CUDA_SUCCESS);
  EXPECT_EQ(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_NUM_REGS, function), CUDA_SUCCESS);
  EXPECT_EQ(cuCtxGetCurrent(&context), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamGetCtx(stream, &context), CUDA_SUCCESS);
  EXPECT_EQ(cuEventQuery(event()), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamSynchronize(other), CUDA_SUCCESS);
  EXPECT_EQ(status(other), CU_STREAM_CAPTURE_STATUS_NONE);
  EXPECT_EQ(end(stream), CUDA_SUCCESS);
}

TEST_F(Captures, WaitingForTheCaptureIsForbiddenInEveryMode) {
  for (CUstreamCaptureMode mode : {kGlobal, kThreadLocal, kRelaxed}) {
    CUstream stream = begin(mode);
    EXPECT_EQ(cuStreamSynchronize(stream), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    EXPECT_EQ(end(stream), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    stream = begin(mode);
    EXPECT_EQ(cuStreamQuery(stream), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    EXPECT_EQ(end(stream), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    stream = begin(mode);
    EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    EXPECT_EQ(end(stream), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
    EXPECT_EQ(cuStreamSynchronize(stream), CUDA_SUCCESS);
  }
}

TEST_F(Captures, AnInvalidCaptureTakesNothingMore) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUstream stream = begin(kGlobal);
  EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
  EXPECT_EQ(allocate(), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  EXPECT_EQ(add_one(add, stream, memory), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  EXPECT_EQ(cuEventRecord(event(), stream), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  EXPECT_EQ(end(stream), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
  EXPECT_EQ(word(memory), 1u) << "the captured launch never ran";
}

TEST_F(Captures, TheNullStreamMayNotWaitForABlockingOne) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUstream free_stream = begin(kRelaxed, CU_STREAM_NON_BLOCKING);
  EXPECT_EQ(add_one(add, nullptr, memory), CUDA_SUCCESS);
  EXPECT_EQ(end(free_stream), CUDA_SUCCESS);
  CUstream blocking = begin(kRelaxed, CU_STREAM_DEFAULT);
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  EXPECT_EQ(cuStreamIsCapturing(nullptr, &status), CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
  EXPECT_EQ(this->status(blocking), CU_STREAM_CAPTURE_STATUS_ACTIVE) << "a query spoils nothing";
  EXPECT_EQ(add_one(add, nullptr, memory), CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
  EXPECT_EQ(end(blocking), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  blocking = begin(kRelaxed, CU_STREAM_DEFAULT);
  EXPECT_EQ(cuMemsetD8(memory, 0, 4), CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
  EXPECT_EQ(cuEventRecord(event(), nullptr), CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
  EXPECT_EQ(end(blocking), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  EXPECT_EQ(word(memory), 1u);
}

TEST_F(Captures, TheNullStreamIsNeverCaptured) {
  EXPECT_EQ(cuStreamBeginCapture(nullptr, kRelaxed), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  EXPECT_EQ(cuStreamBeginCapture(CU_STREAM_LEGACY, kRelaxed),
            CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  EXPECT_EQ(cuStreamBeginCapture(CU_STREAM_PER_THREAD, kRelaxed), CUDA_SUCCESS);
  EXPECT_EQ(end(CU_STREAM_PER_THREAD), CUDA_SUCCESS);
}

TEST_F(Captures, BeginAndEndGoInPairs) {
  CUstream stream = this->stream();
  EXPECT_EQ(end(stream), CUDA_ERROR_ILLEGAL_STATE);
  EXPECT_EQ(cuStreamBeginCapture(stream, static_cast<CUstreamCaptureMode>(7)),
            CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuStreamBeginCapture(stream, kGlobal), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamBeginCapture(stream, kGlobal), CUDA_ERROR_ILLEGAL_STATE);
  EXPECT_EQ(end(stream), CUDA_SUCCESS);
  EXPECT_EQ(end(stream), CUDA_ERROR_ILLEGAL_STATE);
}

TEST_F(Captures, OnlyARelaxedCaptureEndsInAnotherThread) {
  for (CUstreamCaptureMode mode : {kGlobal, kThreadLocal, kRelaxed}) {
    CUstream stream = begin(mode);
    CUresult result = CUDA_ERROR_UNKNOWN;
    std::thread([&] { result = end(stream); }).join();
    EXPECT_EQ(result, mode == kRelaxed ? CUDA_SUCCESS : CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
    if (mode == kRelaxed) continue;
    EXPECT_EQ(end(stream), CUDA_SUCCESS);
  }
}

}  // namespace
}  // namespace ptxsim
