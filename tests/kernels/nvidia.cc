#include "tests/kernels/nvidia.h"

#include <cuda_fp4.h>
#include <cuda_fp8.h>

namespace fp4jit {

uint32_t nvidia_e2m1(float value) {
  return __nv_cvt_float_to_fp4(value, __NV_E2M1, cudaRoundNearest);
}

uint32_t nvidia_e4m3(float value) {
  return __nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E4M3);
}

uint32_t nvidia_ue8m0_up(float value) {
  return __nv_cvt_float_to_e8m0(value, __NV_SATFINITE, cudaRoundPosInf);
}

float nvidia_from_e4m3(uint8_t code) {
  return __half2float(__half(__nv_cvt_fp8_to_halfraw(code, __NV_E4M3)));
}

float nvidia_from_f16(uint16_t bits) {
  return __half2float(__half(__half_raw{bits}));
}

}  // namespace fp4jit
