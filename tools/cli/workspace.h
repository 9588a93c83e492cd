// What: what every verb stands on: the environment, the store, and the cache over it. Opening it
// creates nothing on disk and opens neither NVRTC nor the driver.
// Threads: as ArtifactCache.
#pragma once

#include <memory>
#include <string>

#include "base/environment.h"
#include "compile/artifact_cache.h"
#include "compile/nvrtc.h"

namespace fp4jit::cli {

struct Workspace {
  Environment environment;
  Log log;
  NvrtcSearch nvrtc;
  std::shared_ptr<ArtifactCache> artifacts;
  cache::ObjectStore* store = nullptr;  // that of the artifacts
};

// `cache_dir` and `artifact` (cubin, ptx) beat the environment; "" is not given. kInvalidArgument
// for a value of the environment that means nothing.
Result<Workspace> open_workspace(const std::string& cache_dir, const std::string& artifact = "");

// Whether the store can neither be read nor written; complains with the reason.
bool store_is_unusable(const cache::ObjectStore& store);

}  // namespace fp4jit::cli
