#include "compile/nvrtc_search.h"

#include <dlfcn.h>
#include <link.h>

#include <filesystem>

namespace fp4jit {
namespace {

constexpr const char* kSonames[] = {"libnvrtc.so.13", "libnvrtc.so.12"};

// Where wheels put the library below site-packages, newest first.
constexpr const char* kWheelPaths[] = {"nvidia/cu13/lib/libnvrtc.so.13",
                                       "nvidia/cuda_nvrtc/lib/libnvrtc.so.12"};

int keep_nvrtc(dl_phdr_info* info, size_t, void* found) {
  std::string path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
  bool is_nvrtc = std::filesystem::path(path).filename().string().starts_with("libnvrtc.so");
  if (is_nvrtc) static_cast<std::vector<std::string>*>(found)->push_back(path);
  return 0;
}

// site-packages, where this code is a library or a program inside a Python package of it.
std::vector<std::filesystem::path> folders_above_this_code() {
  Dl_info info = {};
  if (dladdr(reinterpret_cast<const void*>(&folders_above_this_code), &info) == 0) return {};
  std::error_code ignored;
  std::filesystem::path folder = std::filesystem::absolute(info.dli_fname, ignored).parent_path();
  return {folder.parent_path(), folder.parent_path().parent_path()};
}

}  // namespace

std::vector<std::string> nvrtc_candidates(const NvrtcSearch& search) {
  if (!search.configured.empty()) return {search.configured};
  std::vector<std::string> candidates;
  dl_iterate_phdr(keep_nvrtc, &candidates);
  for (const auto& folder : folders_above_this_code()) {
    for (const char* wheel : kWheelPaths) {
      std::error_code ignored;
      if (std::filesystem::exists(folder / wheel, ignored)) candidates.push_back(folder / wheel);
    }
  }
  for (const char* soname : kSonames) candidates.push_back(soname);
  if (search.cuda_home.empty()) return candidates;
  for (const char* soname : kSonames) candidates.push_back(search.cuda_home + "/lib64/" + soname);
  return candidates;
}

}  // namespace fp4jit
