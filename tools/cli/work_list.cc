#include "tools/cli/work_list.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <utility>

namespace fp4jit::cli {
namespace {

constexpr int kMostRanks = 1 << 16;  // beyond it a number is a typing error

Status wrong(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

// What the flags' own rules (add_work) leave open.
Status check_flags(const WorkOptions& options) {
  if (options.named.any()) return {};
  if (options.model.empty() && options.axes.k.empty()) {
    return wrong(
        "nothing to do: name --spec, --from-trace, --manifest, --model, or --k with --format");
  }
  if (options.model.empty() && options.axes.format.empty()) {
    return wrong(fmt::format("--k needs --format: {}", enum_names<Format>()));
  }
  if (options.named.targets.empty()) {
    return wrong(
        "name the GPUs to compile for: --target sm_100a, or several, or native for this machine's");
  }
  if (options.axes.format.size() > 1 && !options.model.empty())
    return wrong("--model takes one --format");
  return {};
}

template <class Enum>
Result<std::optional<Enum>> parse_one(const char* flag, const std::vector<std::string>& texts) {
  if (texts.size() != 1) return std::optional<Enum>();
  std::optional<Enum> value = enum_parse<Enum>(texts[0]);
  if (value) return value;
  return wrong(fmt::format("{} must be one of {}; it is '{}'", flag, enum_names<Enum>(), texts[0]));
}

Result<ModelPlan> plan_from_model(const WorkOptions& options) {
  model::PlanRequest request{options.model, options.tp, {}, {}};
  FP4JIT_ASSIGN_OR_RETURN(request.format, parse_one<Format>("--format", options.axes.format));
  FP4JIT_ASSIGN_OR_RETURN(request.in, parse_one<Dtype>("--in", options.axes.in));
  FP4JIT_ASSIGN_OR_RETURN(model::Plan plan, model::plan_model(request));
  return ModelPlan{options.model, options.tp, std::move(plan)};
}

// One spec for each width that the model needs, times the other axes.
Result<std::vector<Spec>> expand_model(const ModelPlan& model, Axes axes,
                                       const std::vector<Target>& targets) {
  if (axes.in.empty()) axes.in = {std::string(enum_name(model.plan.in))};
  std::vector<Spec> specs;
  for (const model::PlannedK& planned : model.plan.needed) {
    axes.format = {std::string(enum_name(planned.format))};
    axes.k = {std::to_string(planned.k)};
    FP4JIT_ASSIGN_OR_RETURN(std::vector<Spec> some, expand_axes(axes, targets));
    specs.insert(specs.end(), some.begin(), some.end());
  }
  return specs;
}

// The fields that a named spec already has.
std::vector<CLI::Option*> add_axes(CLI::App* verb, Axes* axes) {
  std::vector<CLI::Option*> options = {
      add_list(verb, "--op", &axes->op, "operators: " + enum_names<Op>())->capture_default_str(),
      add_list(verb, "--format", &axes->format, "formats: " + enum_names<Format>()),
      add_list(verb, "--in", &axes->in,
               "input types: " + enum_names<Dtype>() + "; the model's own, else bf16"),
      add_list(verb, "--sf-layout", &axes->sf_layout, "scale layouts: " + enum_names<SfLayout>())
          ->capture_default_str(),
      add_list(verb, "--scale", &axes->scale,
               "global scale: " + enum_names<Scale>() + "; the format's when left out"),
      add_list(verb, "--numerics", &axes->numerics,
               "numerics: " + enum_names<Numerics>() + "; trtllm when left out"),
      add_list(verb, "--pdl", &axes->pdl,
               "dependent launch: " + enum_names<Pdl>() + "; 0 when left out"),
  };
  for (CLI::Option* option : options) option->group("Fields of the specs");
  return options;
}

}  // namespace

void add_work(CLI::App* verb, WorkOptions* options) {
  NamedSpecFlags named = add_named_specs(verb, &options->named);
  CLI::Option* model =
      verb->add_option("--model", options->model, "a model's folder or its config.json")
          ->type_name("PATH");
  verb->add_option("--tp", options->tp, "tensor-parallel size")
      ->check(CLI::Range(1, kMostRanks))
      ->capture_default_str()
      ->needs(model);
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
  Work work;
  if (options.named.any()) {
    FP4JIT_ASSIGN_OR_RETURN(work.list, read_named_specs(options.named, targets));
  } else if (options.model.empty()) {
    FP4JIT_ASSIGN_OR_RETURN(work.list.specs, expand_axes(options.axes, targets));
  } else {
    FP4JIT_ASSIGN_OR_RETURN(work.model, plan_from_model(options));
    FP4JIT_ASSIGN_OR_RETURN(work.list.specs, expand_model(*work.model, options.axes, targets));
  }
  return work;
}

}  // namespace fp4jit::cli
