// What: one call of a loaded kernel: checks, the parameter block on the stack, one driver call.
// Threads: may be called from any thread, also while its stream is captured. A success takes no
// lock, allocates nothing, and calls the driver once (not at all for no rows).
// Errors: kInvalidArgument from the checks, kForked, kDriver with the driver's text and the spec.
#pragma once

#include "device/kernel.h"
#include "spec/arguments.h"

namespace fp4jit {

struct LaunchArguments {
  int64_t m = 0;      // rows
  int64_t k = 0;      // of a run-time-K kernel; else 0 or the spec's own
  int64_t k_out = 0;  // likewise
  Buffers buffers;    // device memory
  CUstream stream = nullptr;
};

Status launch(const LoadedKernel& kernel, const LaunchArguments& arguments);

}  // namespace fp4jit
