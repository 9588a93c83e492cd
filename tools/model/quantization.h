// What: which modules of a checkpoint take quantised activations, and in which format.
// Threads: immutable once read.
// Errors: kUnsupported for metadata that is understood and asks for no kernel of ours (weights
// alone are quantised, FP8 activations) or names an unknown algorithm; kInvalidArgument for
// ill-formed metadata, and for a format that is missing or contradicts the checkpoint.
//
// Two producers are read: modelopt (quant_algo and shell globs that exclude) and compressed-tensors
// (groups of targets, each with its format, and an ignore list).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spec/fields.h"
#include "tools/model/config.h"
#include "tools/model/module_names.h"

namespace fp4jit::model {

struct QuantizedGroup {
  std::optional<Format> format;  // none: the activations of these modules need no kernel of ours
  Selector selects;
};

struct Quantization {
  std::string source;
  std::vector<QuantizedGroup> groups;  // the first that selects a module decides
  Selector excludes;

  std::optional<Format> format_of(const std::string& module) const;
};

// `named` is the caller's --format; a checkpoint without metadata needs it, and then has it
// everywhere.
Result<Quantization> read_quantization(const Checkpoint& checkpoint, std::optional<Format> named);

}  // namespace fp4jit::model
