#include "compile/nvrtc_library.h"

#include <dlfcn.h>
#include <link.h>

#include <filesystem>

#include "base/format.h"

namespace fp4jit {
namespace {

constexpr cache::Toolchain kOldest = {12, 8};

struct EntryRow {
  const char* name;
  size_t offset;
  bool required;
};

constexpr EntryRow kEntries[] = {
    {"nvrtcVersion", offsetof(NvrtcApi, version), true},
    {"nvrtcGetErrorString", offsetof(NvrtcApi, error_string), true},
    {"nvrtcCreateProgram", offsetof(NvrtcApi, create_program), true},
    {"nvrtcDestroyProgram", offsetof(NvrtcApi, destroy_program), true},
    {"nvrtcAddNameExpression", offsetof(NvrtcApi, add_name_expression), true},
    {"nvrtcCompileProgram", offsetof(NvrtcApi, compile_program), true},
    {"nvrtcGetProgramLogSize", offsetof(NvrtcApi, log_size), true},
    {"nvrtcGetProgramLog", offsetof(NvrtcApi, log), true},
    {"nvrtcGetLoweredName", offsetof(NvrtcApi, lowered_name), true},
    {"nvrtcGetPTXSize", offsetof(NvrtcApi, ptx_size), true},
    {"nvrtcGetPTX", offsetof(NvrtcApi, ptx), true},
    {"nvrtcGetCUBINSize", offsetof(NvrtcApi, cubin_size), true},
    {"nvrtcGetCUBIN", offsetof(NvrtcApi, cubin), true},
    {"nvrtcGetNumSupportedArchs", offsetof(NvrtcApi, arch_count), true},
    {"nvrtcGetSupportedArchs", offsetof(NvrtcApi, archs), true},
    {"nvrtcSetFlowCallback", offsetof(NvrtcApi, set_flow_callback), false},
};

Status resolve_entries(void* handle, NvrtcApi* api) {
  for (const EntryRow& row : kEntries) {
    void* function = dlsym(handle, row.name);
    if (function == nullptr && row.required) {
      return {StatusCode::kNoNvrtc, formatted("it has no {}", row.name)};
    }
    *reinterpret_cast<void**>(reinterpret_cast<char*>(api) + row.offset) = function;
  }
  return {};
}

std::string file_of(void* handle) {
  link_map* map = nullptr;
  return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 ? map->l_name : "";
}

// NVRTC opens its builtins by bare name at the first compile, which fails outside the loader's
// path. Loaded by absolute path before, the name is found in the process.
Result<std::string> preload_builtins(const NvrtcLibrary& library) {
  auto folder = std::filesystem::path(library.path).parent_path();
  auto builtins = folder / formatted("libnvrtc-builtins.so.{}", library.version.text());
  void* handle = dlopen(builtins.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Status(StatusCode::kNoNvrtc, dlerror());
  return file_of(handle);
}

Result<NvrtcLibrary> open_candidate(const std::string& candidate) {
  void* handle = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Status(StatusCode::kNoNvrtc, dlerror());
  NvrtcLibrary library;
  library.path = file_of(handle);
  FP4JIT_RETURN_IF_ERROR(resolve_entries(handle, &library.api));
  int major = 0, minor = 0;
  library.api.version(&major, &minor);
  library.version = {static_cast<uint32_t>(major), static_cast<uint32_t>(minor)};
  if (library.version < kOldest) {
    return Status(StatusCode::kNoNvrtc,
                  formatted("it is version {}; {} is the first that fp4jit can use",
                            library.version.text(), kOldest.text()));
  }
  library.builtins = preload_builtins(library);
  return library;
}

}  // namespace

Result<NvrtcLibrary> open_nvrtc(const NvrtcSearch& search) {
  std::string tried;
  for (const std::string& candidate : nvrtc_candidates(search)) {
    Result<NvrtcLibrary> library = open_candidate(candidate);
    if (library.ok()) return library;
    tried += formatted("\n  {}: {}", candidate, library.status().message());
  }
  return Status(
      StatusCode::kNoNvrtc,
      formatted("NVRTC was not found; tried{}\nInstall a CUDA toolkit of 12.9 or later, or "
                "`pip install nvidia-cuda-nvrtc`, or set FP4JIT_NVRTC to the path of libnvrtc.so",
                tried));
}

}  // namespace fp4jit
