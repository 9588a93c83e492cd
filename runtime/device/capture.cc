#include "device/capture.h"

namespace fp4jit {

bool is_capturing(const DriverApi& api, CUstream stream) {
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  CUresult result = api.stream_is_capturing(stream, &status);
  if (result == CUDA_SUCCESS) return status != CU_STREAM_CAPTURE_STATUS_NONE;
  // The driver's own words about a capture: 900 to 908, 906 (implicit) among them.
  return result >= CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED &&
         result <= CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
}

}  // namespace fp4jit
