// What: the CUDA driver as a table of function pointers, opened with dlopen: the seam where tests
// put a fake. Every entry is asked for with the version that it was written against.
// Threads: load_driver may be called from any thread; a DriverApi is immutable afterwards.
// Errors: kNoDriver says which path was tried, why it failed, and what still works. driver_status
// gives the driver's own name and text of a result.
#pragma once

#include <cuda.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace fp4jit {

struct DriverApi {
  decltype(&cuInit) init = nullptr;
  decltype(&cuDriverGetVersion) driver_get_version = nullptr;
  decltype(&cuDeviceGetCount) device_get_count = nullptr;
  decltype(&cuDeviceGet) device_get = nullptr;
  decltype(&cuDeviceGetAttribute) device_get_attribute = nullptr;
  decltype(&cuDeviceGetName) device_get_name = nullptr;
  decltype(&cuDevicePrimaryCtxRetain) device_primary_ctx_retain = nullptr;
  decltype(&cuCtxPushCurrent) ctx_push_current = nullptr;
  decltype(&cuCtxPopCurrent) ctx_pop_current = nullptr;
  decltype(&cuLibraryLoadData) library_load_data = nullptr;
  decltype(&cuLibraryGetKernel) library_get_kernel = nullptr;
  decltype(&cuKernelGetFunction) kernel_get_function = nullptr;
  decltype(&cuFuncLoad) func_load = nullptr;  // may stay null
  decltype(&cuFuncGetAttribute) func_get_attribute = nullptr;
  decltype(&cuLaunchKernelEx) launch_kernel_ex = nullptr;
  decltype(&cuGetErrorName) get_error_name = nullptr;
  decltype(&cuGetErrorString) get_error_string = nullptr;
  decltype(&cuStreamIsCapturing) stream_is_capturing = nullptr;
  decltype(&cuThreadExchangeStreamCaptureMode) thread_exchange_stream_capture_mode = nullptr;
  // Whose a stream is, for an error's text; may stay null.
  decltype(&cuStreamGetCtx) stream_get_ctx = nullptr;
  decltype(&cuCtxGetDevice) ctx_get_device = nullptr;
  // Memory, for a program that has none of its own (device/device_buffer.h); may stay null.
  decltype(&cuMemAlloc) mem_alloc = nullptr;
  decltype(&cuMemFree) mem_free = nullptr;
  decltype(&cuMemcpyHtoD) memcpy_htod = nullptr;
  decltype(&cuMemcpyDtoH) memcpy_dtoh = nullptr;
};

// CUDA 12.4 (driver 550).
inline constexpr int kLowestDriver = 12040;

struct DriverEntry {
  const char* name;
  int version;    // of the entry's signature, as cuGetProcAddress counts
  size_t offset;  // in DriverApi
  bool required;
};

const std::vector<DriverEntry>& driver_entries();

// "12.4" for 12040.
std::string driver_version_text(int version);

// Opens `path`, or "libcuda.so.1" where it is empty. Does not initialise the driver.
Result<DriverApi> load_driver(const std::string& path);

// OK for CUDA_SUCCESS, else "`what`: CUDA_ERROR_NAME: text" as kDriver; as kNoDriver where the
// result says that there is no GPU behind the driver, and as kUnsupported where it says that the
// code does not fit the driver or the device.
Status driver_status(const DriverApi& api, CUresult result, std::string_view what);

}  // namespace fp4jit
