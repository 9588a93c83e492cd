// What: how far a quantised matrix is from its input, over the finite elements.
// Threads: pure.
#pragma once

#include <cstdint>
#include <vector>

#include "spec/shape.h"
#include "spec/spec.h"

namespace fp4jit::cli {

struct QuantizeError {
  double sqnr_db = 0;  // signal to quantisation noise; infinite without noise
  double max_abs_error = 0;
  double mean_abs_error = 0;
};

struct Quantized {
  std::vector<uint8_t> data;
  std::vector<uint8_t> sf;
};

// `input` holds elements of spec.in; a spec without a global scale is told 1.
QuantizeError measure_error(const Spec& spec, const Extent& extent,
                            const std::vector<uint8_t>& input, const Quantized& output,
                            float global_scale);

}  // namespace fp4jit::cli
