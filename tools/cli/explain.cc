
#include <memory>

#include "base/format.h"
#include "tools/cli/model_flags.h"
#include "tools/cli/output.h"
#include "tools/cli/verbs.h"
#include "tools/model/explain.h"

namespace fp4jit::cli {
namespace {

struct Options {
  ModelFlags model;
  std::string module, format, in;
  bool json = false;
};

// A number, or "a/b" as it is.
Json width_json(const std::string& width) {
  if (width.find('/') != std::string::npos) return width;
  return std::stoll(width);
}

Json explanation_json(const model::Explanation& explanation) {
  return {{"module", explanation.name},
          {"format", explanation.format.empty() ? Json(nullptr) : Json(explanation.format)},
          {"k", width_json(explanation.rank_width)},
          {"k_out", explanation.k_out ? Json(explanation.k_out) : Json(nullptr)},
          {"lines", explanation.lines}};
}

ExitCode explain(const Options& options) {
  Result<model::PlanRequest> request = plan_request(options.model, options.format, options.in);
  if (!request.ok()) return refuse(request.status());
  Result<std::vector<model::Explanation>> explanations =
      model::explain_module(*request, options.module);
  if (!explanations.ok()) return refuse(explanations.status());
  Json list = Json::array();
  for (const model::Explanation& explanation : *explanations) {
    if (options.json) {
      list.push_back(explanation_json(explanation));
      continue;
    }
    print_formatted(stdout, "{}\n", explanation.name);
    for (const std::string& line : explanation.lines) print_formatted(stdout, "  {}\n", line);
  }
  if (options.json) print_json({{"modules", list}});
  return ExitCode::kDone;
}

}  // namespace

void add_explain(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(
      program, "explain", "why a model's module has its width, format and padding, or none",
      "Examples:\n"
      "  fp4jit explain --model DIR --module model.layers.3.mlp.down_proj --tp 4\n"
      "  fp4jit explain --model DIR --module 'mlp.experts.*.down_proj' --tp 8 --pad-policy "
      "trtllm-nvfp4-moe\n"
      "  fp4jit explain --model DIR --module o_proj --tp 8 --json");
  add_model_flags(verb, &options->model, Need::kRequired);
  add_text(verb, "--module", &options->module,
           "its name, with or without the layer's number, or the end of it", "NAME",
           Need::kRequired);
  add_text(verb, "--format", &options->format, "for a checkpoint without metadata", "NAME");
  add_text(verb, "--in", &options->in, "instead of the checkpoint's own dtype", "NAME");
  add_json_flag(verb, &options->json);
  set_action(verb, [options, exit] { *exit = explain(*options); });
}

}  // namespace fp4jit::cli
