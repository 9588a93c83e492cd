
#include <memory>
#include <optional>
#include <variant>

#include "base/format.h"
#include "registry/counters.h"
#include "spec/text.h"
#include "tools/cli/axes.h"
#include "tools/cli/named_specs.h"
#include "tools/cli/output.h"
#include "tools/cli/store_summary.h"
#include "tools/cli/verbs.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

constexpr const char* kHelp =
    "Named specs are looked up as a runtime does it, and nothing is compiled. Exit code 1 says "
    "that one of them is missing.\n"
    "Examples:\n"
    "  fp4jit stats\n"
    "  fp4jit stats --from-trace app.trace          # would this store serve that run?\n"
    "  fp4jit stats --manifest plan.json --target sm_90 --json\n"
    "  fp4jit stats --spec 'nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a'";

struct Options {
  NamedSpecs named;
  bool json = false;
  std::string cache_dir, artifact;
};

struct LookUp {
  std::string spec;
  std::string layer;  // where it was found, or kMissing
  std::string error;  // why it can be in no layer, or ""
};

constexpr const char* kMissing = "missing";

Result<SpecList> named_specs(const Options& options, const Environment& environment) {
  if (!options.named.any()) {
    if (options.named.targets.empty()) return SpecList{};
    return Status(StatusCode::kInvalidArgument,
                  "--target is for named specs: give --spec, --from-trace or --manifest");
  }
  FP4JIT_ASSIGN_OR_RETURN(std::vector<Target> targets,
                          resolve_targets(options.named.targets, environment.cuda_driver));
  return read_named_specs(options.named, targets);
}

std::vector<LookUp> look_up(ArtifactCache& artifacts, const SpecList& list) {
  std::vector<LookUp> look_ups;
  for (const Spec& spec : list.specs) {
    std::optional<Found> found = artifacts.find(spec);
    std::string layer = found ? std::string(enum_name(found->layer)) : kMissing;
    look_ups.push_back({spec_text(spec), layer, ""});
  }
  for (const RefusedSpec& refused : list.refused) {
    look_ups.push_back({refused.text, kMissing, refused.status.message()});
  }
  return look_ups;
}

Json counters_json(const RuntimeCounters& counters) {
  Json json = Json::object();
  for (const CounterRow& row : counter_table()) {
    std::visit([&](auto field) { json[std::string(row.name)] = counters.*field; }, row.field);
  }
  return json;
}

Json specs_json(const std::vector<LookUp>& look_ups) {
  Json specs = Json::array();
  for (const LookUp& one : look_ups) {
    specs.push_back({{"spec", one.spec}, {"layer", one.layer}, {"error", one.error}});
  }
  return specs;
}

void print_look_ups(const std::vector<LookUp>& look_ups) {
  for (const LookUp& one : look_ups) {
    print_formatted(stdout, "{:<7}  {}{}\n", one.layer, one.spec,
                    one.error.empty() ? "" : ": " + one.error);
  }
}

void print_counters(const Json& counters) {
  for (const auto& [name, value] : counters.items()) {
    if (value != 0) print_formatted(stdout, "counter {:<17} {}\n", name, value.dump());
  }
}

// Whether there are any.
bool tell_missing(const std::vector<LookUp>& look_ups) {
  size_t missing = 0, compilable = 0;
  for (const LookUp& one : look_ups) {
    if (one.layer != kMissing) continue;
    ++missing;
    compilable += one.error.empty();
  }
  if (missing == 0) return false;
  complain(formatted("{} of {} specs are missing{}", missing, look_ups.size(),
                     compilable == 0 ? "" : "; fp4jit prewarm with the same flags compiles them"));
  return true;
}

ExitCode stats(const Options& options) {
  Result<Workspace> workspace = open_workspace(options.cache_dir, options.artifact);
  if (!workspace.ok()) return refuse(workspace.status());
  Result<SpecList> list = named_specs(options, workspace->environment);
  if (!list.ok()) return refuse(list.status());
  std::vector<LookUp> look_ups = look_up(*workspace->artifacts, *list);
  // Before the walk, whose own reading is no look-up.
  CounterSources sources;
  sources.artifacts = workspace->artifacts.get();
  Json counters = counters_json(collect_counters(sources));
  StoreSummary summary = summarise(workspace->store->walk());
  if (options.json) {
    print_json({{"store", summary_json(*workspace->store, summary)},
                {"counters", counters},
                {"specs", specs_json(look_ups)}});
  } else {
    print_summary(*workspace->store, summary);
    print_look_ups(look_ups);
    print_counters(counters);
  }
  bool incomplete = store_is_unusable(*workspace->store);
  return tell_missing(look_ups) || incomplete ? ExitCode::kIncomplete : ExitCode::kDone;
}

}  // namespace

void add_stats(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(program, "stats",
               "count what the store holds, and say which of the named specs it has", kHelp);
  add_named_specs(verb, &options->named);
  add_json_flag(verb, &options->json);
  add_cache_dir_option(verb, &options->cache_dir);
  add_artifact_option(verb, &options->artifact);
  set_action(verb, [options, exit] { *exit = stats(*options); });
}

}  // namespace fp4jit::cli
