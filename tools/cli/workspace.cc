#include "tools/cli/workspace.h"

#include <fmt/format.h>

#include "cache/location.h"
#include "compile/artifact_kind.h"
#include "tools/cli/output.h"

namespace fp4jit::cli {

Result<Workspace> open_workspace(const std::string& cache_dir) {
  Workspace workspace;
  workspace.environment = read_environment();
  FP4JIT_ASSIGN_OR_RETURN(LogLevel level, parse_log_level(workspace.environment.log));
  FP4JIT_ASSIGN_OR_RETURN(cache::Kind kind, parse_artifact_kind(workspace.environment.artifact));
  workspace.log = stderr_log(level);
  workspace.nvrtc = {workspace.environment.nvrtc, workspace.environment.cuda_home};
  cache::Location location = cache::store_location(cache_dir, workspace.environment);
  workspace.store = std::make_shared<cache::ObjectStore>(location.root, location.why,
                                                         cache::real_file_system(), workspace.log);
  workspace.artifacts = std::make_shared<ArtifactCache>(
      workspace.store, make_nvrtc_compiler(workspace.nvrtc, workspace.log), kind, workspace.log);
  return workspace;
}

bool store_is_unusable(const cache::ObjectStore& store) {
  if (store.state() != cache::StoreState::kMemoryOnly) return false;
  complain(fmt::format("the store cannot be used: {}", store.state_reason()));
  return true;
}

}  // namespace fp4jit::cli
