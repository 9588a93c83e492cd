#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "tools/cli/axes.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/output.h"
#include "tools/cli/prewarm_report.h"
#include "tools/cli/share_store.h"
#include "tools/cli/verbs.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  fp4jit prewarm --model Llama-3.3-70B-Instruct-NVFP4 --tp 8 --target sm_100a\n"
    "  fp4jit prewarm --model Llama-3.1-8B-Instruct/config.json --tp 2 --format nvfp4 --target "
    "sm_90,sm_100f\n"
    "  fp4jit prewarm --format nvfp4,mxfp8 --k 4096,7168 --sf-layout linear,128x4 --target sm_120a "
    "--jobs 4\n"
    "  fp4jit prewarm --spec 'nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a' --json\n"
    "  fp4jit prewarm --shared --cache-dir /opt/fp4jit --model DIR --tp 8 --target sm_100a";

// Beyond these a number is a typing error.
constexpr int kMostRanks = 1 << 16;
constexpr int kMostJobs = 1 << 10;

struct Options {
  std::vector<std::string> specs;
  Axes axes;
  std::string model;
  int64_t tp = 1;
  std::vector<std::string> targets;
  int jobs = 0;
  bool shared = false, dry_run = false, json = false, quiet = false;
  std::string cache_dir;
};

// What there is to do.
struct Work {
  std::vector<Spec> specs;
  std::optional<ModelPlan> model;
};

Status wrong(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

// What the flags' own rules (add_prewarm) leave open.
Status check_flags(const Options& options) {
  if (!options.specs.empty()) return {};
  if (options.model.empty() && options.axes.k.empty()) {
    return wrong("nothing to do: name --spec, --model, or --k with --format");
  }
  if (options.model.empty() && options.axes.format.empty()) {
    return wrong(fmt::format("--k needs --format: {}", enum_names<Format>()));
  }
  if (options.targets.empty()) {
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

Result<ModelPlan> plan_from_model(const Options& options) {
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

Result<Work> plan_work(const Options& options, const Environment& environment) {
  FP4JIT_RETURN_IF_ERROR(check_flags(options));
  Work work;
  if (!options.specs.empty()) {
    FP4JIT_ASSIGN_OR_RETURN(work.specs, parse_specs(options.specs));
    return work;
  }
  FP4JIT_ASSIGN_OR_RETURN(std::vector<Target> targets,
                          resolve_targets(options.targets, environment.cuda_driver));
  if (options.model.empty()) {
    FP4JIT_ASSIGN_OR_RETURN(work.specs, expand_axes(options.axes, targets));
    return work;
  }
  FP4JIT_ASSIGN_OR_RETURN(work.model, plan_from_model(options));
  FP4JIT_ASSIGN_OR_RETURN(work.specs, expand_model(*work.model, options.axes, targets));
  return work;
}

// What was compiled and could not be stored is gone with the process.
bool keeps_all(const cache::ObjectStore& store, const PrewarmRun& run) {
  if (store.state() == cache::StoreState::kMemoryOnly) return false;
  return std::all_of(run.results.begin(), run.results.end(),
                     [](const SpecResult& result) { return result.stored; });
}

// Without NVRTC and with nothing in the store there is nothing to report.
const SpecResult* refused_for_want_of_nvrtc(const PrewarmRun& run) {
  for (const SpecResult& result : run.results) {
    if (result.status.code() != StatusCode::kNoNvrtc) return nullptr;
  }
  return run.results.empty() ? nullptr : &run.results.front();
}

ExitCode report(const Options& options, const Work& work, const PrewarmRun& run,
                const cache::ObjectStore& store) {
  if (const SpecResult* result = refused_for_want_of_nvrtc(run)) return refuse(result->status);
  const ModelPlan* model = work.model ? &*work.model : nullptr;
  tell_failures(run);
  if (model) tell_unaligned(*model);
  bool kept = keeps_all(store, run);
  if (!kept && !options.dry_run) {
    std::string reason = store.state_reason();
    complain(fmt::format(
        "warning: the store cannot be used, what was compiled ends with this process: {}",
        reason.empty() ? "records could not be written" : reason));
  }
  std::string where = kept ? store.root() : std::string(enum_name(cache::StoreState::kMemoryOnly));
  if (options.json) {
    print_json(prewarm_json(run, model, where));
  } else if (!options.quiet) {
    fmt::print("{}\n", prewarm_summary(run, model, where));
  }
  if (run.interrupted) {
    complain(fmt::format("interrupted: {} of {} done{}", run.results.size(), work.specs.size(),
                         kept ? " and kept" : ""));
    return ExitCode::kInterrupted;
  }
  bool complete = run.count(Outcome::kFailed) == 0 && (!model || model->plan.unaligned.empty());
  return complete && (kept || options.dry_run) ? ExitCode::kDone : ExitCode::kIncomplete;
}

// Whether the store is open to everybody, if that was asked for. One that cannot be written is left
// alone, and report says that.
bool share(const Options& options, const cache::ObjectStore& store) {
  bool wanted = options.shared && !options.dry_run;
  if (!wanted || store.state() != cache::StoreState::kReadWrite) return true;
  Status shared = share_store(store.root());
  if (!shared.ok()) complain("warning: " + shared.message());
  return shared.ok();
}

ExitCode prewarm(const Options& options) {
  Interrupt interrupt;
  Result<Workspace> workspace = open_workspace(options.cache_dir);
  if (!workspace.ok()) return refuse(workspace.status());
  Result<Work> work = plan_work(options, workspace->environment);
  if (!work.ok()) return refuse(work.status());
  bool shared = share(options, *workspace->store);
  PrewarmRun run;
  {
    PrewarmLines lines(work->model ? &*work->model : nullptr, work->specs.size(), options.quiet,
                       options.json);
    if (options.dry_run) {
      run = dry_run(work->specs);
      for (const SpecResult& result : run.results) lines.tell(result);
    } else {
      run = run_prewarm(*workspace->artifacts, work->specs, options.jobs, interrupt.flag(),
                        [&lines](const SpecResult& result) { lines.tell(result); });
    }
  }
  ExitCode exit = report(options, *work, run, *workspace->store);
  return exit == ExitCode::kDone && !shared ? ExitCode::kIncomplete : exit;
}

CLI::Option* add_list(CLI::App* verb, const char* flag, std::vector<std::string>* values,
                      const std::string& help) {
  return verb->add_option(flag, *values, help)->delimiter(',')->type_name("LIST");
}

// The fields that a --spec already has.
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

// What to compile: specs, or a model or widths with the other fields.
void add_work(CLI::App* verb, Options* options) {
  CLI::Option* specs =
      verb->add_option("--spec", options->specs, "specs as canonical text")->type_name("TEXT");
  CLI::Option* model =
      verb->add_option("--model", options->model, "a model's folder or its config.json")
          ->type_name("PATH");
  verb->add_option("--tp", options->tp, "tensor-parallel size")
      ->check(CLI::Range(1, kMostRanks))
      ->capture_default_str()
      ->needs(model);
  CLI::Option* targets = add_list(verb, "--target", &options->targets,
                                  "GPUs: sm_90, sm_100a, compute_90 and so on, or native");
  CLI::Option* k = add_list(verb, "--k", &options->axes.k,
                            "widths of the quantised axis; 0: one kernel for all");
  CLI::Option* k_out =
      add_list(verb, "--k-out", &options->axes.k_out, "padded widths; as k when left out");
  k_out->needs(k);
  model->excludes(k);
  for (CLI::Option* option : add_axes(verb, &options->axes)) specs->excludes(option);
  specs->excludes(model)->excludes(targets)->excludes(k);
}

}  // namespace

void add_prewarm(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand("prewarm", "compile kernels into the store, with no GPU");
  add_work(verb, options.get());
  verb->add_option("--jobs", options->jobs, "threads that compile; one per core when left out")
      ->check(CLI::Range(1, kMostJobs));
  verb->add_flag("--shared", options->shared,
                 "let every user read the store, as root's in an image: modes 0755 and 0644");
  verb->add_flag("--dry-run", options->dry_run, "say what would be done");
  verb->add_flag("--quiet", options->quiet, "print warnings and errors only");
  add_json_flag(verb, &options->json);
  add_cache_dir_option(verb, &options->cache_dir);
  verb->footer(kExamples);
  verb->callback([options, exit] { *exit = prewarm(*options); });
}

}  // namespace fp4jit::cli
