// What: a checkpoint's description as it lies on disk: config.json, and where its quantisation is
// written.
// Threads: values.
// Errors: as json_reader.h.
#pragma once

#include <optional>
#include <string>

#include "spec/fields.h"
#include "tools/model/json_reader.h"

namespace fp4jit::model {

struct Checkpoint {
  JsonObject whole;
  JsonObject text;         // the part of config.json that describes the language model
  std::string outer_type;  // model_type of the whole, where the text is nested in it
  std::optional<JsonObject> quantization;
  std::string quantization_source;  // "hf_quant_config.json", "config.json: quantization_config", …
};

// `path` is config.json or its folder, which may have Mistral's params.json instead. The language
// model is the outermost object, or, when that has no hidden_size, its text_config, llm_config or
// language_config. Quantisation metadata is the first of: hf_quant_config.json beside config.json,
// the outermost quantization_config, the language model's own.
Result<Checkpoint> read_checkpoint(const std::string& path);

// The activations' element type ("dtype", "torch_dtype", of the text before the whole); bf16 where
// the file does not say.
Result<Dtype> activation_dtype(const Checkpoint& checkpoint);

}  // namespace fp4jit::model
