// What: for nvidia.cc and its like: our halves as NVIDIA's, and back.
// Threads: pure.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "tests/ptxsim/values/nvidia.h"

namespace ptxsim::nvidia {

inline __half raw(F16 value) {
  return __half(__half_raw{value.bits});
}
inline __nv_bfloat16 raw(Bf16 value) {
  return __nv_bfloat16(__nv_bfloat16_raw{value.bits});
}
inline F16 bits(__half value) {
  return {static_cast<__half_raw>(value).x};
}
inline Bf16 bits(__nv_bfloat16 value) {
  return {static_cast<__nv_bfloat16_raw>(value).x};
}

}  // namespace ptxsim::nvidia
