#include <fmt/format.h>

#include <memory>

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
    fmt::print("{}: {}: {}\n", kind, object["path"].get<std::string>(),
               object["reason"].get<std::string>());
  }
}

ExitCode verify_plan(const Options& options, Workspace& workspace) {
  Result<SpecFile> file = read_manifest(options.plan);
  if (!file.ok()) return refuse(file.status());
  Result<SpecList> plan = parse_listed(file->specs, {});
  if (!plan.ok()) return refuse(plan.status());
  std::vector<PlanFinding> findings =
      check_plan(*workspace.store, workspace.artifacts->kind(), *plan);
  if (options.json) {
    print_json(findings_json(findings));
  } else {
    print_findings(findings, options.plan);
  }
  return all_good(findings) ? ExitCode::kDone : ExitCode::kIncomplete;
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
    fmt::print("checked {}, good {}, bad {}, foreign {}\n", objects.size(), good, bad.size(),
               foreign.size());
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
