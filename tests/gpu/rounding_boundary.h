// What: whether an nvfp4 code may be either of two: its element lies where they meet.
// Threads: pure.
#pragma once

#include <cstdint>

#include "base/dtype.h"

namespace fp4jit {

// The i-th of `elements`, which are of type `in`.
double element_at(Dtype in, const void* elements, int64_t i);

// Whether the element, in units of its block's scale, is within a few units in the last place of a
// float of a rounding boundary of E2M1: so much do two approximate reciprocals move it.
bool on_boundary(double element, uint8_t sf, float global_scale);

}  // namespace fp4jit
