// What: the checks of one call's buffers, the same for a launch and for the host operators.
// Threads: pure. On success nothing is allocated or formatted: this stands on the launch path.
#pragma once

#include <cstdint>

#include "spec/shape.h"
#include "spec/spec.h"

namespace fp4jit {

// What inputs and outputs are aligned to: one vector load of the kernels.
inline constexpr uintptr_t kBufferAlignment = 16;

// Addresses on the device or the host. A size of 0 is one that the caller did not tell.
struct Buffers {
  uintptr_t input = 0;
  uintptr_t global_scale = 0;  // one float; looked at where the spec takes a scale
  uintptr_t data = 0;
  uintptr_t sf = 0;
  int64_t input_bytes = 0;
  int64_t data_bytes = 0;
  int64_t sf_bytes = 0;
};

// kInvalidArgument, naming the buffer and its value: null, misaligned, smaller than the call needs,
// or an output that overlaps another buffer. `extent` is from resolve_extent; with M = 0 nothing is
// looked at.
Status check_arguments(const Spec& spec, const Extent& extent, const Buffers& buffers);

}  // namespace fp4jit
