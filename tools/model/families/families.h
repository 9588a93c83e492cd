// What: the linear layers of a model, from its config.json: one table row per architecture.
// Threads: pure.
// Errors: kInvalidArgument for a config that lacks a key, holds a senseless value, or contradicts
// itself; kUnsupported for an architecture without a row.
//
// A new architecture is one row in family_table.cc and, unless an earlier function fits, one small
// function. Names are those of transformers' classes, widths those that the classes make.
#pragma once

#include "tools/model/json_reader.h"
#include "tools/model/module.h"

namespace fp4jit::model {

// What --assume takes: an unknown architecture is read by the usual names of keys, with a warning.
inline constexpr std::string_view kAssumeLlamaLike = "llama-like";

struct ArchitectureRequest {
  std::string outer_type;  // model_type of the outermost object, where the text is nested
  bool assume = false;     // llama-like, where there is no row
  bool mtp = false;        // the modules of the next-token predictors too
};

Result<Architecture> read_architecture(const JsonObject& text, const ArchitectureRequest& request);

}  // namespace fp4jit::model
