// What: how much each scale layout pads. Where its bytes stand: runtime/base/sf_layout.h.
#pragma once

#include "device/types.cuh"

namespace fp4jit {

template <SfLayout layout>
static constexpr u32 kSfRowMultiple = layout == SfLayout::k128x4 ? 128
                                      : layout == SfLayout::k8x4 ? 8
                                                                 : 1;
template <SfLayout layout>
static constexpr u32 kSfColumnMultiple = layout == SfLayout::kLinear ? 1 : 4;

}  // namespace fp4jit
