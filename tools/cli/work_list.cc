#include "tools/cli/work_list.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <utility>

#include "base/format.h"

namespace fp4jit::cli {
namespace {

Status wrong(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

// What the flags' own rules (add_work) leave open.
Status check_flags(const WorkOptions& options) {
  if (options.named.any()) return {};
  if (options.model.path.empty() && options.axes.k.empty()) {
    return wrong(
        "nothing to do: name --spec, --from-trace, --manifest, --model, or --k with --format");
  }
  if (options.model.path.empty() && options.axes.format.empty()) {
    return wrong(formatted("--k needs --format: {}", enum_names<Format>()));
  }
  if (options.named.targets.empty()) {
    return wrong(
        "name the GPUs to compile for: --target sm_100a, or several, or native for this machine's");
  }
  if (options.axes.format.size() > 1 && !options.model.path.empty())
    return wrong("--model takes one --format");
  return {};
}

// The fields that a named spec already has.
std::vector<CLI::Option*> add_axes(CLI::App* verb, Axes* axes) {
  std::vector<CLI::Option*> options = {
      add_list(verb, "--op", &axes->op,
               "operators: " + enum_names<Op>() + "; quantize when left out"),
      add_list(verb, "--format", &axes->format, "formats: " + enum_names<Format>()),
      add_list(verb, "--in", &axes->in,
               "input types: " + enum_names<Dtype>() + "; the model's own, else bf16"),
      add_list(verb, "--sf-layout", &axes->sf_layout,
               "scale layouts: " + enum_names<SfLayout>() + "; the backend's, else 128x4"),
      add_list(verb, "--scale", &axes->scale,
               "global scale: " + enum_names<Scale>() + "; the format's when left out"),
      add_list(verb, "--numerics", &axes->numerics,
               "numerics: " + enum_names<Numerics>() + "; the backend's, else trtllm"),
      add_list(verb, "--ue8m0", &axes->ue8m0,
               "rounding of MX scales: " + enum_names<Ue8m0>() +
                   "; rceil when left out, the others with numerics torchao"),
      add_list(verb, "--pdl", &axes->pdl,
               "dependent launch: " + enum_names<Pdl>() + "; 0 when left out"),
  };
  for (CLI::Option* option : options) option->group("Fields of the specs");
  return options;
}

}  // namespace

void add_work(CLI::App* verb, WorkOptions* options) {
  NamedSpecFlags named = add_named_specs(verb, &options->named);
  CLI::Option* model = add_model_flags(verb, &options->model);
  CLI::Option* k = add_list(verb, "--k", &options->axes.k,
                            "widths of the quantised axis; 0: one kernel for all");
  CLI::Option* k_out =
      add_list(verb, "--k-out", &options->axes.k_out, "padded widths; as k when left out");
  k_out->needs(k);
  model->excludes(k);
  std::vector<CLI::Option*> axes = add_axes(verb, &options->axes);
  for (CLI::Option* source : named.sources) {
    source->excludes(model)->excludes(k);
    for (CLI::Option* field : axes) source->excludes(field);
  }
}

Result<Work> plan_work(const WorkOptions& options, const Environment& environment) {
  FP4JIT_RETURN_IF_ERROR(check_flags(options));
  FP4JIT_ASSIGN_OR_RETURN(std::vector<Target> targets,
                          resolve_targets(options.named.targets, environment.cuda_driver));
  auto start = std::chrono::steady_clock::now();
  Work work;
  if (options.named.any()) {
    FP4JIT_ASSIGN_OR_RETURN(work.list, read_named_specs(options.named, targets));
  } else if (options.model.path.empty()) {
    FP4JIT_ASSIGN_OR_RETURN(work.list.specs, expand_axes(options.axes, targets));
  } else {
    FP4JIT_ASSIGN_OR_RETURN(
        work.model, plan_model_specs(options.model, options.axes, targets, &work.list.specs));
  }
  work.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return work;
}

}  // namespace fp4jit::cli
