// What: the flags that describe a model and how an engine runs it.
// Threads: one.
// Errors: kInvalidArgument, naming the flag and its value.
#pragma once

#include <string>

#include "tools/cli/flags.h"
#include "tools/model/plan.h"

namespace CLI {
class Option;
}

namespace fp4jit::cli {

struct ModelFlags {
  std::string path;
  model::ParallelRequest parallel;
  std::string backend, pad_policy, fuse, assume;
  bool mtp = false;
};

// --model and what goes with it; gives --model.
CLI::Option* add_model_flags(CLI::App* verb, ModelFlags* flags, Need need = Need::kOptional);

// `format` and `in` as their flags have them; "" is left out.
Result<model::PlanRequest> plan_request(const ModelFlags& flags, const std::string& format,
                                        const std::string& in);

}  // namespace fp4jit::cli
