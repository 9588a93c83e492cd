#include "tools/cli/workspace.h"

#include "base/format.h"
#include "compile/artifact_kind.h"
#include "compile/open_cache.h"
#include "tools/cli/output.h"

namespace fp4jit::cli {

Result<Workspace> open_workspace(const std::string& cache_dir, const std::string& artifact) {
  Workspace workspace;
  workspace.environment = read_environment();
  FP4JIT_ASSIGN_OR_RETURN(LogLevel level, parse_log_level(workspace.environment.log));
  workspace.log = stderr_log(level);
  workspace.nvrtc = {workspace.environment.nvrtc, workspace.environment.cuda_home};
  CacheSettings settings;
  settings.cache_dir = cache_dir;
  if (!artifact.empty()) {
    FP4JIT_ASSIGN_OR_RETURN(settings.artifact, parse_artifact_kind(artifact));
  }
  FP4JIT_ASSIGN_OR_RETURN(workspace.artifacts,
                          open_artifact_cache(settings, workspace.environment, workspace.log));
  workspace.store = &workspace.artifacts->store();
  return workspace;
}

bool store_is_unusable(const cache::ObjectStore& store) {
  if (store.state() != cache::StoreState::kMemoryOnly) return false;
  complain(formatted("the store cannot be used: {}", store.state_reason()));
  return true;
}

}  // namespace fp4jit::cli
