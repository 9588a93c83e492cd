// What: Mistral's params.json, which it ships in place of or beside config.json, in config.json's
// words.
// Threads: pure.
// Errors: kInvalidArgument for a file that lacks a key; kUnsupported for a layout of a newer kind
// than Mistral and Mixtral.
#pragma once

#include "tools/model/json_reader.h"

namespace fp4jit::model {

Result<JsonObject> translate_params(const JsonObject& params);

}  // namespace fp4jit::model
