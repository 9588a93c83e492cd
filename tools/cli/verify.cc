#include <fmt/format.h>

#include <memory>

#include "tools/cli/output.h"
#include "tools/cli/verbs.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

struct Options {
  bool json = false;
  std::string cache_dir;
};

void print_objects(const char* kind, const Json& objects) {
  for (const Json& object : objects) {
    fmt::print("{}: {}: {}\n", kind, object["path"].get<std::string>(),
               object["reason"].get<std::string>());
  }
}

ExitCode verify(const Options& options) {
  Result<Workspace> workspace = open_workspace(options.cache_dir);
  if (!workspace.ok()) return refuse(workspace.status());
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
      program, "verify", "check every record of the store, and change nothing",
      "A bad record is never loaded: the next look-up moves it to quarantine/ and compiles anew.\n"
      "A foreign one is sound and of another version of fp4jit, and is left alone.\n"
      "Examples:\n  fp4jit verify\n  fp4jit verify --cache-dir /opt/image/fp4jit --json");
  add_json_flag(verb, &options->json);
  add_cache_dir_option(verb, &options->cache_dir);
  set_action(verb, [options, exit] { *exit = verify(*options); });
}

}  // namespace fp4jit::cli
