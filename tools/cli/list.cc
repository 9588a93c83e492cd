
#include <memory>

#include "base/format.h"
#include "compile/artifact_kind.h"
#include "tools/cli/output.h"
#include "tools/cli/verbs.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

struct Options {
  bool json = false;
  std::string cache_dir;
};

Json record_json(const cache::StoredObject& object) {
  const cache::Record& record = object.decoded.record;
  return {{"key", record.key.hex()},
          {"spec", record.spec},
          {"kind", artifact_kind_name(record.kind)},
          {"bytes", object.bytes},
          {"toolchain", record.toolchain.text()},
          {"path", object.path}};
}

void print_record(const cache::StoredObject& object) {
  const cache::Record& record = object.decoded.record;
  print_formatted(stdout, "{}  {:<5} {:>6} bytes  NVRTC {:<5} {}\n", record.key.hex(),
                  artifact_kind_name(record.kind), object.bytes, record.toolchain.text(),
                  record.spec);
}

ExitCode list(const Options& options) {
  Result<Workspace> workspace = open_workspace(options.cache_dir);
  if (!workspace.ok()) return refuse(workspace.status());
  Json records = Json::array();
  size_t bad = 0;
  for (const cache::StoredObject& object : workspace->store->walk()) {
    if (!object.reason.empty()) {
      if (!object.is_foreign()) ++bad;
    } else if (options.json) {
      records.push_back(record_json(object));
    } else {
      print_record(object);
    }
  }
  if (options.json) print_json({{"records", records}, {"store", workspace->store->root()}});
  if (bad > 0) complain(formatted("{} more are no good records; fp4jit verify says why", bad));
  return store_is_unusable(*workspace->store) ? ExitCode::kIncomplete : ExitCode::kDone;
}

}  // namespace

void add_list(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(program, "list", "list what the store holds",
               "Examples:\n  fp4jit list\n  fp4jit list --json | jq -r '.records[].spec'");
  add_json_flag(verb, &options->json);
  add_cache_dir_option(verb, &options->cache_dir);
  set_action(verb, [options, exit] { *exit = list(*options); });
}

}  // namespace fp4jit::cli
