
#include <memory>

#include "base/format.h"
#include "tools/cli/output.h"
#include "tools/cli/plan_check.h"
#include "tools/cli/verbs.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

struct Options {
  bool json = false;
  std::string cache_dir, artifact, plan;
};

void print_objects(const char* kind, const Json& objects) {
  for (const Json& object : objects) {
    print_formatted(stdout, "{}: {}: {}\n", kind, object["path"].get<std::string>(),
                    object["reason"].get<std::string>());
  }
}

// What makes the missing kernels in the same store.
std::string mending_command(const Options& options) {
  std::string command = "fp4jit prewarm --manifest " + options.plan;
  if (!options.cache_dir.empty()) command += " --cache-dir " + options.cache_dir;
  if (!options.artifact.empty()) command += " --artifact " + options.artifact;
  return command;
}

// A plan without a kernel would let everything pass.
Result<SpecList> read_plan(const std::string& path) {
  FP4JIT_ASSIGN_OR_RETURN(SpecFile file, read_manifest(path));
  if (file.specs.empty()) {
    return Status(StatusCode::kInvalidArgument,
                  formatted("{}: the plan lists no spec, so there is nothing to verify", path));
  }
  return parse_listed(file.specs, {});
}

ExitCode verify_plan(const Options& options, Workspace& workspace) {
  Result<SpecList> plan = read_plan(options.plan);
  if (!plan.ok()) return refuse(plan.status());
  std::vector<PlanFinding> findings =
      check_plan(*workspace.store, workspace.artifacts->kind(), *plan);
  if (options.json) {
    print_json(findings_json(findings));
  } else {
    print_findings(findings);
  }
  if (all_good(findings)) return ExitCode::kDone;
  if (!store_is_unusable(*workspace.store) && options.plan != kStandardInput)
    complain("to mend it: " + mending_command(options));
  return ExitCode::kIncomplete;
}

ExitCode verify(const Options& options) {
  Result<Workspace> workspace = open_workspace(options.cache_dir, options.artifact);
  if (!workspace.ok()) return refuse(workspace.status());
  if (!options.plan.empty()) return verify_plan(options, *workspace);
  std::vector<cache::StoredObject> objects = workspace->store->walk();
  Json bad = Json::array(), foreign = Json::array();
  for (const cache::StoredObject& object : objects) {
    if (object.reason.empty()) continue;
    Json& list = object.is_foreign() ? foreign : bad;
    list.push_back({{"path", object.path}, {"reason", object.reason}});
  }
  size_t good = objects.size() - bad.size() - foreign.size();
  if (options.json) {
    print_json({{"checked", objects.size()}, {"good", good}, {"bad", bad}, {"foreign", foreign}});
  } else {
    print_objects("bad", bad);
    print_objects("foreign", foreign);
    print_formatted(stdout, "checked {}, good {}, bad {}, foreign {}\n", objects.size(), good,
                    bad.size(), foreign.size());
  }
  bool unusable = store_is_unusable(*workspace->store);
  return unusable || !bad.empty() ? ExitCode::kIncomplete : ExitCode::kDone;
}

}  // namespace

void add_verify(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(
      program, "verify",
      "check every record of the store, or that it has all of a plan; change nothing",
      "A bad record is never loaded: the next look-up moves it to quarantine/ and compiles anew.\n"
      "A foreign one is sound and of another version of fp4jit, and is left alone.\n"
      "Examples:\n  fp4jit verify\n  fp4jit verify --cache-dir /opt/image/fp4jit --json\n"
      "  fp4jit verify --plan plan.json || exit 1");
  add_json_flag(verb, &options->json);
  add_cache_dir_option(verb, &options->cache_dir);
  add_text(verb, "--plan", &options->plan,
           "whether the store has every kernel that prewarm --plan wrote down; - reads stdin",
           "FILE");
  add_artifact_option(verb, &options->artifact);
  set_action(verb, [options, exit] { *exit = verify(*options); });
}

}  // namespace fp4jit::cli
