#include "compile/open_cache.h"

#include "cache/location.h"
#include "compile/artifact_kind.h"
#include "compile/nvrtc.h"

namespace fp4jit {
namespace {

Result<cache::Kind> artifact_kind(const CacheSettings& settings, const Environment& environment) {
  if (settings.artifact) return *settings.artifact;
  return parse_artifact_kind(environment.artifact);
}

}  // namespace

Result<std::shared_ptr<ArtifactCache>> open_artifact_cache(const CacheSettings& settings,
                                                           const Environment& environment,
                                                           const Log& log) {
  FP4JIT_ASSIGN_OR_RETURN(cache::Kind kind, artifact_kind(settings, environment));
  cache::Location location = cache::store_location(settings.cache_dir, environment);
  auto store = std::make_shared<cache::ObjectStore>(location.root, location.why,
                                                    cache::real_file_system(), log);
  std::string nvrtc = settings.nvrtc.empty() ? environment.nvrtc : settings.nvrtc;
  auto compiler = make_nvrtc_compiler({nvrtc, environment.cuda_home}, log);
  return std::make_shared<ArtifactCache>(store, compiler, kind, log);
}

}  // namespace fp4jit
