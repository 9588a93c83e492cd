// What: one scale block, from bits to codes.
// Threads: pure.
// The loops run over arrays of a constant length without branches, so that the compiler makes
// vector code of them; measure before changing their shape.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "host/element.h"
#include "host/recipe.h"
#include "host/torchao_recipe.h"

namespace fp4jit::host {

// The greatest magnitudes at even and at odd positions; kNanKey where a lane holds NaNs alone and
// they do not win.
template <Dtype kIn>
struct LaneMaxima {
  typename Element<kIn>::Key even;
  typename Element<kIn>::Key odd;
};

template <Dtype kIn, int kLength, bool kNanWins>
LaneMaxima<kIn> lane_maxima(const typename Element<kIn>::Bits* bits) {
  constexpr int kLanes = 8;  // folded in two at the end; an even number keeps the positions' parity
  typename Element<kIn>::Key lanes[kLanes];
  for (int i = 0; i < kLanes; ++i) lanes[i] = magnitude_key<kIn, kNanWins>(bits[i]);
  for (int first = kLanes; first < kLength; first += kLanes) {
    for (int i = 0; i < kLanes; ++i)
      lanes[i] = std::max(lanes[i], magnitude_key<kIn, kNanWins>(bits[first + i]));
  }
  return {std::max(std::max(lanes[0], lanes[2]), std::max(lanes[4], lanes[6])),
          std::max(std::max(lanes[1], lanes[3]), std::max(lanes[5], lanes[7]))};
}

// exact: over the elements that are not NaN, and 0 if there is none. trtllm: the lanes meet in
// `even > odd ? even : odd`, so that an odd lane of NaNs wins and an even one loses. torchao: NaN
// if there is one.
template <Dtype kIn, Numerics kNumerics>
float block_maximum(LaneMaxima<kIn> maxima) {
  const auto key = std::max(maxima.even, maxima.odd);
  if (kNumerics == Numerics::kTrtllm && maxima.odd == kNanKey) {
    return std::numeric_limits<float>::quiet_NaN();
  }
  return key == kNanKey ? 0.0f
                        : Element<kIn>::to_float(static_cast<typename Element<kIn>::Bits>(key));
}

template <int kLength>
void pack_e2m1(const float* values, uint8_t* data) {
  uint32_t codes[kLength];
  for (int i = 0; i < kLength; ++i) codes[i] = e2m1_from_float(values[i]);
  for (int i = 0; i < kLength / 2; ++i) {
    data[i] = static_cast<uint8_t>(codes[2 * i] | codes[2 * i + 1] << 4);
  }
}

template <Format kFormat, Numerics kNumerics, int kLength>
void pack_codes(const float* values, uint8_t* data) {
  if constexpr (kFormat == Format::kMxfp8) {
    for (int i = 0; i < kLength; ++i) data[i] = Arithmetic<kNumerics>::e4m3(values[i]);
  } else {
    pack_e2m1<kLength>(values, data);
  }
}

// Writes the block's codes and returns its scale factor.
template <Format kFormat, Numerics kNumerics, Dtype kIn>
uint8_t quantize_block(const Recipe<kFormat, kNumerics>& recipe, const void* input, uint8_t* data) {
  constexpr int kLength = enum_row(kFormat).sf_vec_size;
  typename Element<kIn>::Bits bits[kLength];
  std::memcpy(bits, input, sizeof bits);
  const float amax = block_maximum<kIn, kNumerics>(
      lane_maxima<kIn, kLength, Arithmetic<kNumerics>::kNanWins>(bits));
  const BlockScale scale = recipe.scale(amax);
  float values[kLength];
  for (int i = 0; i < kLength; ++i) {
    values[i] = Arithmetic<kNumerics>::multiply(Element<kIn>::to_float(bits[i]), scale.multiplier);
  }
  pack_codes<kFormat, kNumerics, kLength>(values, data);
  return scale.sf;
}

}  // namespace fp4jit::host
