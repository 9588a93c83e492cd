// What: how one module of a model came to its width, format and padding, or to none.
// Threads: pure, apart from reading the files.
// Errors: as plan.h; kInvalidArgument for a name that no module has.
#pragma once

#include <string>
#include <vector>

#include "tools/model/plan.h"

namespace fp4jit::model {

struct Explanation {
  std::string name;        // "model.layers.3.mlp.down_proj"
  std::string format;      // "nvfp4"; "" where its activations are not quantised
  std::string rank_width;  // "232"; "a/b" where the split does not divide it
  std::vector<std::string> lines = {};
  int64_t k_out = 0;  // 0 where there is no kernel
};

// `name`: in full ("model.layers.3.mlp.down_proj"), as a pattern ("model.layers.*.mlp.down_proj"),
// as the checkpoint spells it, or the end of one ("down_proj"). One explanation for each module
// that it means and each format that this has, of one layer.
Result<std::vector<Explanation>> explain_module(const PlanRequest& request,
                                                const std::string& name);

}  // namespace fp4jit::model
