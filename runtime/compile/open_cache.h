// What: the artifact cache as a process's settings ask for it, wired together: store, compiler,
// cache.
// Threads: any.
// Errors: kInvalidArgument for a setting that has no meaning, naming it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/environment.h"
#include "base/log.h"
#include "compile/artifact_cache.h"

namespace fp4jit {

// What the caller set; "" and nullopt leave it to the environment.
struct CacheSettings {
  std::string cache_dir;
  std::string nvrtc;
  std::optional<cache::Kind> artifact;
};

// Touches the disk to look at the store's root, creates nothing there, and does not open NVRTC.
Result<std::shared_ptr<ArtifactCache>> open_artifact_cache(const CacheSettings& settings,
                                                           const Environment& environment,
                                                           const Log& log);

}  // namespace fp4jit
