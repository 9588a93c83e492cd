// What: captures that a test begins, ends and asks about.
// Threads: none.
#pragma once

#include <thread>

#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {

inline constexpr CUstreamCaptureMode kGlobal = CU_STREAM_CAPTURE_MODE_GLOBAL;
inline constexpr CUstreamCaptureMode kThreadLocal = CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
inline constexpr CUstreamCaptureMode kRelaxed = CU_STREAM_CAPTURE_MODE_RELAXED;

class Captures : public Driver {
 protected:
  CUstream begin(CUstreamCaptureMode mode, unsigned flags = CU_STREAM_NON_BLOCKING) {
    CUstream made = stream(flags);
    EXPECT_EQ(cuStreamBeginCapture(made, mode), CUDA_SUCCESS);
    return made;
  }
  CUresult end(CUstream stream) {
    graph_ = reinterpret_cast<CUgraph>(1);
    return cuStreamEndCapture(stream, &graph_);
  }
  CUstreamCaptureStatus status(CUstream stream) {
    CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
    EXPECT_EQ(cuStreamIsCapturing(stream, &status), CUDA_SUCCESS);
    return status;
  }
  CUresult allocate() {
    CUdeviceptr memory = 0;
    return cuMemAlloc(&memory, 4);
  }
  // From another thread, which has changed its own mode to `mode`.
  CUresult allocate_elsewhere(CUstreamCaptureMode mode) {
    CUresult result = CUDA_ERROR_UNKNOWN;
    std::thread([&] {
      ASSERT_EQ(cuCtxSetCurrent(context_), CUDA_SUCCESS);
      ASSERT_EQ(cuThreadExchangeStreamCaptureMode(&mode), CUDA_SUCCESS);
      EXPECT_EQ(mode, kGlobal) << "what every thread begins with";
      result = allocate();
    }).join();
    return result;
  }

  CUgraph graph_ = nullptr;
};

}  // namespace ptxsim
