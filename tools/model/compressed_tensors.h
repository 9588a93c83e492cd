// What: quantisation metadata as compressed-tensors writes it: config_groups, each with targets, a
// format and input_activations (null: weights alone), and an ignore list.
// Threads: pure.
// Errors: kUnsupported for a format that is not in the table, by name.
#pragma once

#include "tools/model/quantization.h"

namespace fp4jit::model {

Result<Quantization> read_compressed_tensors(const JsonObject& metadata);

}  // namespace fp4jit::model
