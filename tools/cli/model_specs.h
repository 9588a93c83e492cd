// What: a model's plan as specs: each operator that it needs, times the other fields that the
// command line leaves open.
// Threads: pure, apart from reading the model's files.
// Errors: as model/plan.h; kInvalidSpec for a field's value.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/axes.h"
#include "tools/cli/model_flags.h"
#include "tools/cli/spec_list.h"

namespace fp4jit::cli {

// One operator's specs.
struct ModelSpecs {
  model::PlannedOp op;
  model::NeededBy by;
  std::vector<std::string> texts;    // canonical, with targets; those that have a template
  std::vector<RefusedSpec> unknown;  // those that have none yet
};

struct ModelPlan {
  model::Plan plan;
  std::vector<ModelSpecs> ops;  // in the order of plan.needed
};

Result<ModelPlan> plan_model_specs(const ModelFlags& flags, Axes axes,
                                   const std::vector<Target>& targets, std::vector<Spec>* specs);

}  // namespace fp4jit::cli
