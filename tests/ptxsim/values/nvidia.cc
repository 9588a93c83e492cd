#include <cuda_fp4.h>
#include <cuda_fp6.h>
#include <cuda_fp8.h>

#include "tests/ptxsim/values/nvidia_raw.h"

namespace ptxsim::nvidia {
namespace {

__nv_saturation_t saturation(bool satfinite) {
  return satfinite ? __NV_SATFINITE : __NV_NOSAT;
}
cudaRoundMode round_mode(Rounding rounding) {
  return rounding == Rounding::kUp ? cudaRoundPosInf : cudaRoundZero;
}

}  // namespace

template <>
E2m1 narrow_of<E2m1>(float value) {
  return {__nv_cvt_float_to_fp4(value, __NV_E2M1, cudaRoundNearest)};
}
template <>
E2m3 narrow_of<E2m3>(float value) {
  return {__nv_cvt_float_to_fp6(value, __NV_E2M3, cudaRoundNearest)};
}
template <>
E3m2 narrow_of<E3m2>(float value) {
  return {__nv_cvt_float_to_fp6(value, __NV_E3M2, cudaRoundNearest)};
}
template <>
E4m3 narrow_of<E4m3>(float value) {
  return {__nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E4M3)};
}
template <>
E5m2 narrow_of<E5m2>(float value) {
  return {__nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E5M2)};
}

template <>
F16 f16_of<E2m1>(E2m1 narrow) {
  return {__nv_cvt_fp4_to_halfraw(narrow.bits, __NV_E2M1).x};
}
template <>
F16 f16_of<E2m3>(E2m3 narrow) {
  return {__nv_cvt_fp6_to_halfraw(narrow.bits, __NV_E2M3).x};
}
template <>
F16 f16_of<E3m2>(E3m2 narrow) {
  return {__nv_cvt_fp6_to_halfraw(narrow.bits, __NV_E3M2).x};
}
template <>
F16 f16_of<E4m3>(E4m3 narrow) {
  return {__nv_cvt_fp8_to_halfraw(narrow.bits, __NV_E4M3).x};
}
template <>
F16 f16_of<E5m2>(E5m2 narrow) {
  return {__nv_cvt_fp8_to_halfraw(narrow.bits, __NV_E5M2).x};
}

Ue8m0 scale_of(float value, Rounding rounding, bool satfinite) {
  return {__nv_cvt_float_to_e8m0(value, saturation(satfinite), round_mode(rounding))};
}
Ue8m0 scale_of(Bf16 value, Rounding rounding, bool satfinite) {
  return {__nv_cvt_bfloat16raw_to_e8m0(__nv_bfloat16_raw{value.bits}, saturation(satfinite),
                                       round_mode(rounding))};
}
Bf16 bf16_of(Ue8m0 scale) {
  return {__nv_cvt_e8m0_to_bf16raw(scale.bits).x};
}

template <>
F16 half_of<F16>(float value, Rounding rounding) {
  switch (rounding) {
    case Rounding::kZero:
      return bits(__float2half_rz(value));
    case Rounding::kDown:
      return bits(__float2half_rd(value));
    case Rounding::kUp:
      return bits(__float2half_ru(value));
    default:
      return bits(__float2half_rn(value));
  }
}
template <>
Bf16 half_of<Bf16>(float value, Rounding rounding) {
  switch (rounding) {
    case Rounding::kZero:
      return bits(__float2bfloat16_rz(value));
    case Rounding::kDown:
      return bits(__float2bfloat16_rd(value));
    case Rounding::kUp:
      return bits(__float2bfloat16_ru(value));
    default:
      return bits(__float2bfloat16_rn(value));
  }
}
template <>
F16 half_of<F16>(double value) {
  return bits(__double2half(value));
}
template <>
Bf16 half_of<Bf16>(double value) {
  return bits(__double2bfloat16(value));
}
float float_of(F16 value) {
  return __half2float(raw(value));
}
float float_of(Bf16 value) {
  return __bfloat162float(raw(value));
}

}  // namespace ptxsim::nvidia
