// What: for one value, whether every conversion of ours says what NVIDIA's says.
// Threads: pure.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "host/e2m1.h"
#include "host/e4m3.h"
#include "tests/kernels/nvidia.h"
#include "tests/kernels/template_text.h"

namespace fp4jit {

// By integers, and as the hardware's conversion is emulated.
inline bool e2m1_agrees(float value) {
  const uint32_t expected = nvidia_e2m1(value);
  const uint32_t both = expected | expected << 4;
  return on_device::e2m1x2<80>(value, value) == both &&
         on_device::e2m1x2<100>(value, value) == both && host::e2m1_from_float(value) == expected;
}

inline bool e4m3_agrees(float value) {
  const uint32_t expected = nvidia_e4m3(value);
  return on_device::e4m3<80>(value) == expected && on_device::e4m3<89>(value) == expected &&
         host::e4m3_from_float(value) == expected;
}

template <on_device::Reach kReach>
constexpr float kBound = kReach == on_device::Reach::kBelow7 ? 7.0f : 8.0f;

// Eight values below kBound<kReach>.
template <on_device::Reach kReach>
bool e2m1x8_small_agrees(const float* values) {
  float small[8];
  uint32_t expected = 0;
  for (int i = 0; i < 8; ++i) {
    small[i] = on_device::times_small_unit(values[i]);
    expected |= nvidia_e2m1(values[i]) << 4 * i;
  }
  return on_device::e2m1x8_small<80, kReach>(small) == expected;
}

// `value` is not negative.
inline bool ue8m0_agrees(float value) {
  return on_device::ue8m0_up(value) == nvidia_ue8m0_up(value);
}

// The byte of a block's maximum as NVIDIA converts it: amax times the rounded 1/6 or 1/448.
template <on_device::Format kFormat>
uint32_t nvidia_scale_byte(uint32_t amax_bits) {
  constexpr float kOneOver = kFormat == on_device::Format::kMxfp8 ? 1.0f / 448.0f : 1.0f / 6.0f;
  return nvidia_ue8m0_up(std::bit_cast<float>(amax_bits) * kOneOver);
}

// True also where the claim says nothing: the integers are exact from byte 3 to byte 253.
template <on_device::Format kFormat>
bool scale_byte_agrees(uint32_t amax_bits) {
  const uint32_t expected = nvidia_scale_byte<kFormat>(amax_bits);
  return expected < 3 || expected > 253 ||
         on_device::ue8m0_from_amax_bits<kFormat, on_device::Ue8m0::kRceil>(amax_bits) == expected;
}

}  // namespace fp4jit
