#include "cache/location.h"

#include <filesystem>

#include "base/format.h"

namespace fp4jit::cache {
namespace {

Location against_working_folder(const std::string& path) {
  std::error_code error;
  std::string absolute = std::filesystem::absolute(path, error).string();
  if (!error) return {absolute, ""};
  return {"", formatted("the cache folder '{}' is relative, and the working folder is unknown ({})",
                        path, error.message())};
}

}  // namespace

Location store_location(const std::string& configured, const Environment& environment) {
  if (!configured.empty()) return against_working_folder(configured);
  if (!environment.cache_dir.empty()) return against_working_folder(environment.cache_dir);
  if (environment.xdg_cache_home.starts_with('/'))
    return {environment.xdg_cache_home + "/fp4jit", ""};
  if (environment.home.starts_with('/')) return {environment.home + "/.cache/fp4jit", ""};
  return {
      "",
      "neither XDG_CACHE_HOME nor HOME names an absolute folder; set FP4JIT_CACHE_DIR to a folder "
      "for compiled kernels"};
}

}  // namespace fp4jit::cache
