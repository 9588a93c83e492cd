#include "tools/bench/scratch_cache.h"

#include <stdlib.h>

#include "base/environment.h"
#include "compile/nvrtc.h"
#include "spec/text.h"

namespace fp4jit::bench {

ScratchCache::ScratchCache() {
  std::string path = std::filesystem::temp_directory_path() / "fp4jit-bench-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) abort();
  root_ = path;
}

ScratchCache::~ScratchCache() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::shared_ptr<cache::ObjectStore> ScratchCache::open_store() const {
  return std::make_shared<cache::ObjectStore>(root_.string(), "", cache::real_file_system(), Log());
}

std::unique_ptr<ArtifactCache> ScratchCache::open() const {
  return std::make_unique<ArtifactCache>(open_store(), nvrtc(), cache::Kind::kCubin, Log());
}

const std::shared_ptr<LazyCompiler>& nvrtc() {
  static const Environment environment = read_environment();
  static const std::shared_ptr<LazyCompiler> compiler =
      make_nvrtc_compiler({environment.nvrtc, environment.cuda_home}, Log());
  return compiler;
}

Spec spec_of(const char* text) {
  return *parse_spec(text);
}

}  // namespace fp4jit::bench
