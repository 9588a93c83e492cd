// What: the conversions of runtime/host beside NVIDIA's host headers.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp4.h>
#include <cuda_fp8.h>
#include <gtest/gtest.h>

#include <bit>

#include "host/e2m1.h"
#include "host/e4m3.h"
#include "host/ue8m0.h"

namespace fp4jit {

// Whether all three conversions of one f32 agree; UE8M0 is for values that are not negative.
inline bool conversions_agree(uint32_t bits) {
  const float value = std::bit_cast<float>(bits);
  const bool is_scale = bits <= 0x7fffffff;
  return host::e2m1_from_float(value) ==
             __nv_cvt_float_to_fp4(value, __NV_E2M1, cudaRoundNearest) &&
         host::e4m3_from_float(value) == __nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E4M3) &&
         (!is_scale || host::ue8m0_round_up(value) ==
                           __nv_cvt_float_to_e8m0(value, __NV_SATFINITE, cudaRoundPosInf));
}

}  // namespace fp4jit
