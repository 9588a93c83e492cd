#include "tools/cli/share_store.h"

#include <sys/stat.h>

#include <filesystem>

#include "base/format.h"

namespace fp4jit::cli {
namespace {

namespace fs = std::filesystem;

constexpr fs::perms kFolder{0755};
constexpr fs::perms kFile{0644};
constexpr mode_t kOnlyOwnerWrites = 022;

}  // namespace

Status share_store(const std::string& root) {
  ::umask(kOnlyOwnerWrites);
  fs::path place = fs::path(root) / "objects";
  std::error_code error;
  fs::create_directories(place, error);
  if (!error) fs::permissions(root, kFolder, error);
  if (!error) fs::permissions(place, kFolder, error);
  fs::recursive_directory_iterator entry;
  if (!error) entry = fs::recursive_directory_iterator(place, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    place = entry->path();
    if (entry->is_symlink(error)) continue;
    fs::permissions(place, entry->is_directory() ? kFolder : kFile, error);
    if (error) break;
  }
  if (!error) return {};
  return {StatusCode::kIo, formatted("{} cannot be shared: {}", place.string(), error.message())};
}

}  // namespace fp4jit::cli
