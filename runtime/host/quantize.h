// What: every operator on host memory, for the same specs and with the same bytes as the kernels:
// the embedded default without a GPU, the tests' oracle, the CPU body of the plugins.
// Threads: reentrant; large inputs are spread over threads of its own that are gone at return.
// Errors: those of require_template, resolve_extent and check_arguments.
#pragma once

#include <cstddef>
#include <cstdint>

#include "spec/shape.h"
#include "spec/spec.h"

namespace fp4jit::host {

struct QuantizeCall {
  const void* input = nullptr;          // [m, k], rows contiguous, elements as spec.in
  const float* global_scale = nullptr;  // encode multiplier; for scale=tensor
  uint8_t* data = nullptr;              // output_shape(): data_bytes()
  uint8_t* sf = nullptr;                // output_shape(): sf_bytes()
  Extent extent;                        // from resolve_extent
};

struct QuantizeOptions {
  int threads = 0;  // 0: as many as there are cores and work for
};

// The spec needs a template (require_template); its target and pdl say nothing here. Every byte of
// both outputs is written, padding included.
Status quantize(const Spec& spec, const QuantizeCall& call, const QuantizeOptions& options = {});

}  // namespace fp4jit::host
