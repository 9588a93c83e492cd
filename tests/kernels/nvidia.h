// What: NVIDIA's host conversions, the reference of ours. Their headers and the templates' host
// branch define the same words (__global__), so that the headers stay in nvidia.cc.
// Threads: pure.
#pragma once

#include <cstdint>

namespace fp4jit {

uint32_t nvidia_e2m1(float value);
uint32_t nvidia_e4m3(float value);      // saturating
uint32_t nvidia_ue8m0_up(float value);  // toward positive infinity, saturating
float nvidia_from_e4m3(uint8_t code);
float nvidia_from_f16(uint16_t bits);

}  // namespace fp4jit
