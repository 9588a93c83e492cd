#include "device/driver.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>

#include "base/format.h"

namespace fp4jit {
namespace {

constexpr const char* kDefaultPath = "libcuda.so.1";
constexpr const char* kWhatStillWorks =
    "compiling, the cache and the host operators work without a driver; loading and launching do "
    "not";

Status no_driver(const std::string& path, std::string_view why) {
  return {StatusCode::kNoDriver,
          formatted("CUDA driver '{}' can't be used: {}; {}", path, why, kWhatStillWorks)};
}

// cuGetProcAddress, in the one version whose symbol name we rely on.
using GetProcAddress = decltype(&cuGetProcAddress);

Status fill_table(GetProcAddress get, const std::string& path, DriverApi* api) {
  for (const DriverEntry& entry : driver_entries()) {
    void* address = nullptr;
    CUdriverProcAddressQueryResult found = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
    CUresult result = get(entry.name, &address, entry.version, CU_GET_PROC_ADDRESS_DEFAULT, &found);
    if (result != CUDA_SUCCESS || address == nullptr) {
      if (!entry.required) continue;
      return no_driver(
          path, formatted("it has no {} of version {}; fp4jit needs driver {} or later", entry.name,
                          driver_version_text(entry.version), driver_version_text(kLowestDriver)));
    }
    std::memcpy(reinterpret_cast<char*>(api) + entry.offset, &address, sizeof address);
  }
  return {};
}

Status check_version(const DriverApi& api, const std::string& path) {
  int version = 0;
  FP4JIT_RETURN_IF_ERROR(
      driver_status(api, api.driver_get_version(&version), "cuDriverGetVersion"));
  if (version >= kLowestDriver) return {};
  return no_driver(
      path, formatted("it is of version {}; fp4jit needs {} or later", driver_version_text(version),
                      driver_version_text(kLowestDriver)));
}

Result<DriverApi> load_from(void* library, const std::string& path) {
  constexpr const char* kGetProcAddress = "cuGetProcAddress_v2";
  void* symbol = dlsym(library, kGetProcAddress);
  if (symbol == nullptr) {
    return no_driver(path, formatted("it has no {}; fp4jit needs driver {} or later",
                                     kGetProcAddress, driver_version_text(kLowestDriver)));
  }
  DriverApi api;
  FP4JIT_RETURN_IF_ERROR(fill_table(reinterpret_cast<GetProcAddress>(symbol), path, &api));
  FP4JIT_RETURN_IF_ERROR(check_version(api, path));
  return api;
}

bool means_no_device(CUresult result) {
  return result == CUDA_ERROR_NO_DEVICE || result == CUDA_ERROR_STUB_LIBRARY;
}

// Not this call failed, but the code cannot run with this driver or on this device.
bool means_unfit_code(CUresult result) {
  constexpr CUresult kUnfit[] = {CUDA_ERROR_INVALID_IMAGE, CUDA_ERROR_NO_BINARY_FOR_GPU,
                                 CUDA_ERROR_INVALID_PTX, CUDA_ERROR_UNSUPPORTED_PTX_VERSION};
  return std::ranges::find(kUnfit, result) != std::end(kUnfit);
}

}  // namespace

const std::vector<DriverEntry>& driver_entries() {
  static const std::vector<DriverEntry> entries = {
      {"cuInit", 2000, offsetof(DriverApi, init), true},
      {"cuDriverGetVersion", 2020, offsetof(DriverApi, driver_get_version), true},
      {"cuDeviceGetCount", 2000, offsetof(DriverApi, device_get_count), true},
      {"cuDeviceGet", 2000, offsetof(DriverApi, device_get), true},
      {"cuDeviceGetAttribute", 2000, offsetof(DriverApi, device_get_attribute), true},
      {"cuDeviceGetName", 2000, offsetof(DriverApi, device_get_name), true},
      {"cuDevicePrimaryCtxRetain", 7000, offsetof(DriverApi, device_primary_ctx_retain), true},
      {"cuCtxPushCurrent", 4000, offsetof(DriverApi, ctx_push_current), true},
      {"cuCtxPopCurrent", 4000, offsetof(DriverApi, ctx_pop_current), true},
      {"cuLibraryLoadData", 12000, offsetof(DriverApi, library_load_data), true},
      {"cuLibraryGetKernel", 12000, offsetof(DriverApi, library_get_kernel), true},
      {"cuKernelGetFunction", 12000, offsetof(DriverApi, kernel_get_function), true},
      {"cuFuncLoad", 12040, offsetof(DriverApi, func_load), false},
      {"cuFuncGetAttribute", 2020, offsetof(DriverApi, func_get_attribute), true},
      {"cuLaunchKernelEx", 11060, offsetof(DriverApi, launch_kernel_ex), true},
      {"cuGetErrorName", 6000, offsetof(DriverApi, get_error_name), true},
      {"cuGetErrorString", 6000, offsetof(DriverApi, get_error_string), true},
      {"cuStreamIsCapturing", 10000, offsetof(DriverApi, stream_is_capturing), true},
      {"cuThreadExchangeStreamCaptureMode", 10010,
       offsetof(DriverApi, thread_exchange_stream_capture_mode), true},
      {"cuStreamGetCtx", 9020, offsetof(DriverApi, stream_get_ctx), false},
      {"cuCtxGetDevice", 2000, offsetof(DriverApi, ctx_get_device), false},
      {"cuMemAlloc", 3020, offsetof(DriverApi, mem_alloc), false},
      {"cuMemFree", 3020, offsetof(DriverApi, mem_free), false},
      {"cuMemcpyHtoD", 3020, offsetof(DriverApi, memcpy_htod), false},
      {"cuMemcpyDtoH", 3020, offsetof(DriverApi, memcpy_dtoh), false},
  };
  return entries;
}

std::string driver_version_text(int version) {
  return formatted("{}.{}", version / 1000, version % 1000 / 10);
}

Result<DriverApi> load_driver(const std::string& path) {
  std::string tried = path.empty() ? kDefaultPath : path;
  void* library = dlopen(tried.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    return no_driver(tried, why != nullptr ? why : "dlopen failed");
  }
  return load_from(library, tried);  // the library stays open: a driver must not be closed
}

Status driver_status(const DriverApi& api, CUresult result, std::string_view what) {
  if (result == CUDA_SUCCESS) return {};
  const char* name = nullptr;
  const char* text = nullptr;
  if (api.get_error_name(result, &name) != CUDA_SUCCESS) name = nullptr;
  if (api.get_error_string(result, &text) != CUDA_SUCCESS) text = nullptr;
  std::string message = formatted("{}: {} ({}): {}", what, name != nullptr ? name : "CUDA error",
                                  static_cast<int>(result), text != nullptr ? text : "no text");
  if (means_no_device(result)) {
    return {StatusCode::kNoDriver, formatted("{}; {}", message, kWhatStillWorks)};
  }
  return {means_unfit_code(result) ? StatusCode::kUnsupported : StatusCode::kDriver,
          std::move(message)};
}

}  // namespace fp4jit
