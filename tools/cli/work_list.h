// What: what prewarm is to do, as its flags say it: specs by name, or a model or widths with the
// other fields.
// Threads: one.
// Errors: kInvalidArgument and kInvalidSpec, naming the flag or its value; kUnsupported for a model
// with nothing to compile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/environment.h"
#include "tools/cli/axes.h"
#include "tools/cli/model_specs.h"
#include "tools/cli/named_specs.h"

namespace fp4jit::cli {

struct WorkOptions {
  NamedSpecs named;  // its targets are everything's
  Axes axes;
  ModelFlags model;
};

struct Work {
  SpecList list;
  std::optional<ModelPlan> model;
  double seconds = 0;  // to read and plan it

  size_t size() const { return list.specs.size() + list.refused.size(); }
};

void add_work(CLI::App* verb, WorkOptions* options);

Result<Work> plan_work(const WorkOptions& options, const Environment& environment);

}  // namespace fp4jit::cli
