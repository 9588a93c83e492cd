#include "tests/fakes/fake_driver.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace fp4jit {
namespace {

FakeDriver* living = nullptr;
thread_local std::vector<CUcontext> contexts;
thread_local CUstreamCaptureMode thread_mode = CU_STREAM_CAPTURE_MODE_GLOBAL;

// Handles are numbers that mean something to a reader of a failed test, never addresses.
template <class Handle>
Handle handle(uintptr_t number) {
  return reinterpret_cast<Handle>(number);
}

constexpr uintptr_t kContexts = 0x1000;
constexpr uintptr_t kLibraries = 0x2000;
constexpr uintptr_t kKernels = 0x3000;

}  // namespace

// The driver's entries. Each begins with enter, which records the call and may fail it.
struct FakeFunctions {
  static CUresult init(unsigned) { return living->enter("cuInit"); }
  static CUresult version(int* version) {
    *version = living->version;
    return living->enter("cuDriverGetVersion");
  }
  static CUresult count(int* count) {
    *count = static_cast<int>(living->gpus_.size());
    return living->enter("cuDeviceGetCount");
  }
  static CUresult device(CUdevice* device, int ordinal) {
    *device = ordinal;
    return living->enter("cuDeviceGet");
  }
  static CUresult attribute(int* value, CUdevice_attribute which, CUdevice device) {
    const FakeGpu& gpu = living->gpus_[static_cast<size_t>(device)];
    *value = which == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? gpu.major : gpu.minor;
    return living->enter("cuDeviceGetAttribute");
  }
  static CUresult name(char* name, int length, CUdevice device) {
    std::snprintf(name, static_cast<size_t>(length), "%s",
                  living->gpus_[static_cast<size_t>(device)].name.c_str());
    return living->enter("cuDeviceGetName");
  }
  static CUresult retain(CUcontext* context, CUdevice device) {
    *context = FakeDriver::primary_context(device);
    return living->enter("cuDevicePrimaryCtxRetain");
  }
  static CUresult push(CUcontext context) {
    CUresult result = living->enter("cuCtxPushCurrent");
    if (result == CUDA_SUCCESS) contexts.push_back(context);
    return result;
  }
  static CUresult pop(CUcontext* context) {
    CUresult result = living->enter("cuCtxPopCurrent");
    if (contexts.empty()) return CUDA_ERROR_INVALID_CONTEXT;
    *context = contexts.back();
    contexts.pop_back();
    return result;
  }
  static CUresult load(CUlibrary* library, const void* image, CUjit_option*, void**, unsigned,
                       CUlibraryOption*, void**, unsigned) {
    CUresult result = living->enter("cuLibraryLoadData");
    std::lock_guard lock(living->mutex_);
    if (thread_mode != CU_STREAM_CAPTURE_MODE_RELAXED) ++living->loads_outside_relaxed_capture_;
    if (result != CUDA_SUCCESS) return result;
    living->images_.push_back(static_cast<const char*>(image));
    *library = handle<CUlibrary>(kLibraries + living->images_.size());
    return CUDA_SUCCESS;
  }
  static CUresult get_kernel(CUkernel* kernel, CUlibrary library, const char* symbol) {
    CUresult result = living->enter("cuLibraryGetKernel");
    if (result != CUDA_SUCCESS) return result;
    if (!living->symbols.empty() && !living->symbols.count(symbol)) return CUDA_ERROR_NOT_FOUND;
    *kernel = handle<CUkernel>(reinterpret_cast<uintptr_t>(library) - kLibraries + kKernels);
    return CUDA_SUCCESS;
  }
  static CUresult get_function(CUfunction* function, CUkernel kernel) {
    if (contexts.empty()) return CUDA_ERROR_INVALID_CONTEXT;
    *function = reinterpret_cast<CUfunction>(kernel);
    return living->enter("cuKernelGetFunction");
  }
  static CUresult func_load(CUfunction) {
    if (contexts.empty()) return CUDA_ERROR_INVALID_CONTEXT;
    return living->enter("cuFuncLoad");
  }
  static CUresult func_attribute(int* value, CUfunction_attribute, CUfunction) {
    *value = 32;
    return living->enter("cuFuncGetAttribute");
  }
  static CUresult launch(const CUlaunchConfig* config, CUfunction function, void** parameters,
                         void**) {
    CUresult result = living->enter("cuLaunchKernelEx");
    if (result != CUDA_SUCCESS) return result;
    bool lost = config->hStream == nullptr && contexts.empty();
    if (lost && living->default_stream_needs_context) return CUDA_ERROR_INVALID_CONTEXT;
    FakeLaunch launch{function,
                      {config->gridDimX, config->gridDimY, config->gridDimZ},
                      {config->blockDimX, config->blockDimY, config->blockDimZ},
                      config->hStream};
    for (unsigned i = 0; i < config->numAttrs; ++i) {
      const CUlaunchAttribute& attribute = config->attrs[i];
      launch.dependent |= attribute.id == CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION &&
                          attribute.value.programmaticStreamSerializationAllowed != 0;
    }
    std::memcpy(&launch.args, parameters[0], sizeof launch.args);
    std::lock_guard lock(living->mutex_);
    living->launches_.push_back(launch);
    return CUDA_SUCCESS;
  }
  static CUresult error_name(CUresult result, const char** name) {
    *name =
        result == CUDA_ERROR_NO_BINARY_FOR_GPU ? "CUDA_ERROR_NO_BINARY_FOR_GPU" : "CUDA_ERROR_FAKE";
    return CUDA_SUCCESS;
  }
  static CUresult error_string(CUresult, const char** text) {
    *text = "the fake driver was told to fail";
    return CUDA_SUCCESS;
  }
  static CUresult is_capturing(CUstream, CUstreamCaptureStatus* status) {
    *status = living->capture_status;
    return living->enter("cuStreamIsCapturing");
  }
  static CUresult exchange_mode(CUstreamCaptureMode* mode) {
    std::swap(*mode, thread_mode);
    return living->enter("cuThreadExchangeStreamCaptureMode");
  }
};

FakeDriver::FakeDriver(std::vector<FakeGpu> gpus) : gpus_(std::move(gpus)) {
  if (living != nullptr) std::abort();  // two fakes would share their calls
  living = this;
}

FakeDriver::~FakeDriver() {
  living = nullptr;
}

DriverApi FakeDriver::api() const {
  using F = FakeFunctions;
  DriverApi api;
  api.init = F::init;
  api.driver_get_version = F::version;
  api.device_get_count = F::count;
  api.device_get = F::device;
  api.device_get_attribute = F::attribute;
  api.device_get_name = F::name;
  api.device_primary_ctx_retain = F::retain;
  api.ctx_push_current = F::push;
  api.ctx_pop_current = F::pop;
  api.library_load_data = F::load;
  api.library_get_kernel = F::get_kernel;
  api.kernel_get_function = F::get_function;
  api.func_load = F::func_load;
  api.func_get_attribute = F::func_attribute;
  api.launch_kernel_ex = F::launch;
  api.get_error_name = F::error_name;
  api.get_error_string = F::error_string;
  api.stream_is_capturing = F::is_capturing;
  api.thread_exchange_stream_capture_mode = F::exchange_mode;
  return api;
}

CUresult FakeDriver::enter(const char* function) {
  std::lock_guard lock(mutex_);
  sequence_.push_back(function);
  auto failure = failures_.find(function);
  if (failure == failures_.end() || --failure->second.first > 0) return CUDA_SUCCESS;
  CUresult result = failure->second.second;
  failures_.erase(failure);
  return result;
}

void FakeDriver::fail(const std::string& function, CUresult result, int nth) {
  std::lock_guard lock(mutex_);
  failures_[function] = {nth, result};
}

int FakeDriver::calls(const std::string& function) const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(std::count(sequence_.begin(), sequence_.end(), function));
}

std::vector<std::string> FakeDriver::sequence() const {
  std::lock_guard lock(mutex_);
  return sequence_;
}

std::vector<FakeLaunch> FakeDriver::launches() const {
  std::lock_guard lock(mutex_);
  return launches_;
}

std::vector<std::string> FakeDriver::images() const {
  std::lock_guard lock(mutex_);
  return images_;
}

int FakeDriver::loads_outside_relaxed_capture() const {
  std::lock_guard lock(mutex_);
  return loads_outside_relaxed_capture_;
}

CUcontext FakeDriver::current_context() {
  return contexts.empty() ? nullptr : contexts.back();
}

CUstreamCaptureMode FakeDriver::capture_mode() {
  return thread_mode;
}

CUcontext FakeDriver::primary_context(int ordinal) {
  return handle<CUcontext>(kContexts + static_cast<uintptr_t>(ordinal) + 1);
}

}  // namespace fp4jit
