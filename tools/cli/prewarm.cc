
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "base/format.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/ledger.h"
#include "tools/cli/output.h"
#include "tools/cli/output_file.h"
#include "tools/cli/prewarm_work.h"
#include "tools/cli/share_store.h"
#include "tools/cli/verbs.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

constexpr const char* kHelp =
    "A trace has a spec on each line; one that was cut off is left out. A manifest is JSON, "
    "{\"specs\": [\"nvfp4_quantize[...]@sm_100a\", {\"spec\": \"...\"}], \"comment\": \"...\"}, "
    "and so is what prewarm, list and stats print with --json.\n"
    "Examples:\n"
    "  fp4jit prewarm --model Llama-3.3-70B-Instruct-NVFP4 --tp 8 --target sm_100a\n"
    "  fp4jit prewarm --model Llama-3.1-8B-Instruct/config.json --tp 2 --format nvfp4 "
    "--target sm_90,sm_100f\n"
    "  fp4jit prewarm --format nvfp4,mxfp8 --k 4096,7168 --sf-layout linear,128x4 "
    "--target sm_120a --jobs 4\n"
    "  fp4jit prewarm --spec 'nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a' --json\n"
    "  fp4jit prewarm --spec 'nvfp4_quantize[k=4096,in=bf16,layout=128x4]' --target native "
    "--artifact ptx\n"
    "  fp4jit prewarm --from-trace app.trace --target sm_90,sm_100a\n"
    "  fp4jit prewarm --model DIR --tp 8 --ep 8 --backend flashinfer-trtllm --target sm_100a "
    "--dry-run\n"
    "  fp4jit prewarm --model DIR --tp 8 --target sm_100a --plan plan.json && "
    "fp4jit verify --plan plan.json\n"
    "  fp4jit prewarm --manifest plan.json --shard 1/4 --report ledger.json\n"
    "  fp4jit prewarm --shared --cache-dir /opt/fp4jit --model DIR --tp 8 --target sm_100a";

constexpr int kMostJobs = 1 << 10;  // beyond it a number is a typing error

struct Options {
  WorkOptions work;
  WorkRules rules;
  bool shared = false, json = false, quiet = false;
  std::string cache_dir, artifact, shard, plan, report;
};

// Files that are written at the end, and must be writable before the work begins.
struct Outputs {
  std::optional<OutputFile> plan, report;
};

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

ExitCode tell(const Options& options, const Work& work, const PrewarmRun& run,
              const cache::ObjectStore& store) {
  if (const SpecResult* result = refused_for_want_of_nvrtc(run)) return refuse(result->status);
  const ModelPlan* model = work.model ? &*work.model : nullptr;
  tell_failures(run);
  if (model) tell_warnings(*model);
  bool kept = keeps_all(store, run);
  if (!kept && !options.rules.dry_run) {
    std::string reason = store.state_reason();
    complain(
        formatted("warning: the store cannot be used, what was compiled ends with this process: {}",
                  reason.empty() ? "records could not be written" : reason));
  }
  std::string where = kept ? store.root() : std::string(enum_name(cache::StoreState::kMemoryOnly));
  if (options.json) {
    print_json(prewarm_json(run, model, where));
  } else if (!options.quiet) {
    print_formatted(stdout, "{}\n", prewarm_summary(run, model, where));
  }
  if (run.interrupted) {
    complain(formatted("interrupted: {} of {} done{}", run.results.size(), work.size(),
                       kept ? " and kept" : ""));
    return ExitCode::kInterrupted;
  }
  bool complete = run.count(Outcome::kFailed) == 0 && (!model || model->plan.is_aligned());
  return complete && (kept || options.rules.dry_run) ? ExitCode::kDone : ExitCode::kIncomplete;
}

// Whether the store is open to everybody, if that was asked for. One that cannot be written is left
// alone, and report says that.
bool share(const Options& options, const cache::ObjectStore& store) {
  bool wanted = options.shared && !options.rules.dry_run;
  if (!wanted || store.state() != cache::StoreState::kReadWrite) return true;
  Status shared = share_store(store.root());
  if (!shared.ok()) complain("warning: " + shared.message());
  return shared.ok();
}

Status open_output(const std::string& path, std::optional<OutputFile>* output) {
  if (path.empty()) return {};
  FP4JIT_ASSIGN_OR_RETURN(OutputFile file, OutputFile::create(path));
  output->emplace(std::move(file));
  return {};
}

// Writes the file in full, or complains and gives false.
bool write_output(std::optional<OutputFile>* output, const Json& json) {
  if (!*output) return true;
  Status written = (*output)->write(json_text(json));
  if (written.ok()) written = (*output)->commit();
  if (!written.ok()) complain(written.message());
  return written.ok();
}

// What the whole list is, whatever this run does of it.
Json plan_json(const Work& work, const Workspace& workspace) {
  WorkRules plan;
  plan.dry_run = true;
  PrewarmRun run = work_through(work, plan, *workspace.artifacts, nullptr, [](const auto&) {});
  return prewarm_json(run, work.model ? &*work.model : nullptr, workspace.store->root());
}

ExitCode run(const Options& options, Work work, const Workspace& workspace, Outputs outputs) {
  double plan_seconds = work.seconds;
  bool written = write_output(&outputs.plan, outputs.plan ? plan_json(work, workspace) : Json());
  keep_shard(options.rules.shard, &work);
  Interrupt interrupt;  // not before: until here there is nothing to keep
  bool shared = share(options, *workspace.store);
  PrewarmRun run;
  {
    PrewarmLines lines(work.model ? &*work.model : nullptr, work.size(), options.quiet,
                       options.json);
    run = work_through(work, options.rules, *workspace.artifacts, interrupt.flag(),
                       [&lines](const SpecResult& result) { lines.tell(result); });
  }
  ExitCode exit = tell(options, work, run, *workspace.store);
  if (outputs.report) {
    Json ledger = ledger_json(run, plan_seconds, workspace.store->root());
    written = write_output(&outputs.report, ledger) && written;
  }
  return exit == ExitCode::kDone && !(shared && written) ? ExitCode::kIncomplete : exit;
}

ExitCode prewarm(Options options) {
  Result<Shard> shard = parse_shard(options.shard);
  if (!shard.ok()) return refuse(shard.status());
  options.rules.shard = *shard;
  Result<Workspace> workspace = open_workspace(options.cache_dir, options.artifact);
  if (!workspace.ok()) return refuse(workspace.status());
  Result<Work> work = plan_work(options.work, workspace->environment);
  if (!work.ok()) return refuse(work.status());
  Outputs outputs;
  Status opened = open_output(options.plan, &outputs.plan);
  if (opened.ok()) opened = open_output(options.report, &outputs.report);
  if (!opened.ok()) return refuse(opened);
  return run(options, *std::move(work), *workspace, std::move(outputs));
}

}  // namespace

void add_prewarm(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = program.add_subcommand("prewarm", "compile kernels into the store, with no GPU");
  add_work(verb, &options->work);
  verb->add_option("--jobs", options->rules.jobs,
                   "threads that compile; one per core when left out")
      ->check(CLI::Range(1, kMostJobs));
  verb->add_flag("--shared", options->shared,
                 "let every user read the store, as root's in an image: modes 0755 and 0644");
  verb->add_flag("--dry-run", options->rules.dry_run, "say what would be done");
  verb->add_flag("--resume", options->rules.resume,
                 "work on what the store lacks, and leave the rest out of the list");
  verb->add_option("--shard", options->shard,
                   "a part of the list, i of n, for several machines: 0/4, 1/4, 2/4, 3/4")
      ->type_name("I/N");
  verb->add_option("--plan", options->plan, "write the whole plan, for verify --plan")
      ->type_name("FILE");
  verb->add_option("--report", options->report, "write how long each part of the work took")
      ->type_name("FILE");
  verb->add_flag("--quiet", options->quiet, "print warnings and errors only");
  add_json_flag(verb, &options->json);
  add_cache_dir_option(verb, &options->cache_dir);
  add_artifact_option(verb, &options->artifact);
  verb->footer(kHelp);
  verb->callback([options, exit] { *exit = prewarm(*options); });
}

}  // namespace fp4jit::cli
