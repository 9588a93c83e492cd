// What: quantisation metadata as modelopt writes it: hf_quant_config.json ({"quantization":
// {"quant_algo", "exclude_modules"}}) and config.json's quantization_config ({"quant_algo",
// "ignore"}); with the algorithm MIXED_PRECISION, "quantized_layers" is a map from modules to
// objects with their own quant_algo.
// Threads: pure.
// Errors: kUnsupported for an algorithm that is not in the table, by name.
#pragma once

#include "tools/model/quantization.h"

namespace fp4jit::model {

Result<Quantization> read_modelopt(const JsonObject& metadata);

}  // namespace fp4jit::model
