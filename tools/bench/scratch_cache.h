// What: an artifact cache over an empty store in a temporary folder, and NVRTC as the environment
// has it.
// Ownership: the folder goes with the object.
#pragma once

#include <filesystem>
#include <memory>

#include "compile/artifact_cache.h"
#include "spec/spec.h"

namespace fp4jit::bench {

class ScratchCache {
 public:
  ScratchCache();
  ~ScratchCache();
  ScratchCache(const ScratchCache&) = delete;
  ScratchCache& operator=(const ScratchCache&) = delete;

  // A cache over the store as it stands now, with nothing in memory.
  std::unique_ptr<ArtifactCache> open() const;
  std::shared_ptr<cache::ObjectStore> open_store() const;

 private:
  std::filesystem::path root_;
};

// One for the process, so that NVRTC is mapped once.
const std::shared_ptr<LazyCompiler>& nvrtc();

// `text` is a spec that has a template.
Spec spec_of(const char* text);

}  // namespace fp4jit::bench
