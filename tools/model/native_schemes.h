// What: quantisation metadata of models that are published quantised: gpt-oss, DeepSeek.
// Threads: pure.
// Errors: as quantization.h.
#pragma once

#include "tools/model/quantization.h"

namespace fp4jit::model {

// {"quant_method": "mxfp4", "modules_to_not_convert": […]}: the experts' weights are MXFP4, and
// engines that run them in FP4 or FP8 tensor cores quantise their activations to MXFP8.
Result<Quantization> read_mxfp4_experts(const JsonObject& metadata, const Checkpoint& checkpoint);

// {"quant_method": "fp8"}: activations are FP8 with a scale for each 128 elements, which is no
// kernel of ours; with "expert_dtype": "fp4", here or in config.json, routed experts are MXFP4 and
// take MXFP8.
Result<Quantization> read_fp8(const JsonObject& metadata, const Checkpoint& checkpoint);

}  // namespace fp4jit::model
