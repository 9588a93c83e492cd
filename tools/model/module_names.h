// What: whether an entry of a checkpoint's lists means a module. Modules are named as transformers
// names a bare language model ("model.layers.0.mlp.gate_proj"); lists may put "language_model" in
// front.
// Threads: pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"

namespace fp4jit::model {

// Whether a module, named in full, belongs to a selection.
using Selector = std::function<bool(const std::string& module)>;

// modelopt's lists: a shell glob selects a module that it matches in full or by whole components.
// "mlp.gate" and "model.layers.*.mlp" are parts of a name, and "mlp.gate" is no part of
// "mlp.gate_proj".
Selector select_by_globs(std::vector<std::string> globs);

// compressed-tensors' lists: a full name, "re:" and an expression that matches from the start, or
// the class name "Linear", which is every module. kInvalidArgument for what is no expression.
Result<Selector> select_by_targets(const std::vector<std::string>& targets);

}  // namespace fp4jit::model
