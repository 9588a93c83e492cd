// Attributes and parameters of functions and kernels.
#include "tests/ptxsim/driver/function.h"

#include "tests/ptxsim/driver/module.h"

namespace ptxsim {
namespace {

constexpr int kRegisters = 32;  // of a thread; what ptxas would make of the PTX is not known

std::optional<int> attribute_of(const Function& function, CUfunction_attribute attribute) {
  const Kernel& kernel = *function.kernel;
  switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
      return static_cast<int>(kernel.max_threads);
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
      return static_cast<int>(kernel.static_shared_bytes);
    case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
      return static_cast<int>(kernel.const_bytes);
    case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
      return static_cast<int>(kernel.local_bytes);
    case CU_FUNC_ATTRIBUTE_NUM_REGS:
      return kRegisters;
    case CU_FUNC_ATTRIBUTE_PTX_VERSION:
    case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
      return function.target;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
      return function.most_dynamic_shared;
    case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
      return CU_SHAREDMEM_CARVEOUT_DEFAULT;
    default:
      break;
  }
  if (attribute < 0 || attribute >= CU_FUNC_ATTRIBUTE_MAX) return std::nullopt;
  return 0;
}

Answer check_settable(const DeviceModel& device, const Kernel& kernel,
                      CUfunction_attribute attribute, int value) {
  if (attribute == CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT) return CUDA_SUCCESS;
  if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) return CUDA_ERROR_INVALID_VALUE;
  const int most = device.shared_per_block_optin() - static_cast<int>(kernel.static_shared_bytes);
  if (value >= 0 && value <= most) return CUDA_SUCCESS;
  return {CUDA_ERROR_INVALID_VALUE, std::to_string(value) + " bytes of dynamic shared memory; " +
                                        device.name + " has " + std::to_string(most) +
                                        " for kernel " + kernel.name};
}

CUresult function_call(const char* entry, CUfunction handle,
                       const std::function<Answer(State&, Context&, Function&)>& body) {
  return context_call(entry, [&](State& state, Context& context) -> Answer {
    CUfunction function = nullptr;
    const Answer found = find_function(state, context, handle, &function);
    return found.ok() ? body(state, context, *state.functions.find(function)) : found;
  });
}

// On an ordinal, whatever the current context; `body` gets the kernel as any module has it.
CUresult kernel_call(const char* entry, CUkernel handle, CUdevice device,
                     const std::function<Answer(State&, LibraryKernel&, const Image&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    const std::shared_ptr<LibraryKernel> kernel = state.kernels.find(handle);
    if (kernel == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (device < 0 || static_cast<size_t>(device) >= state.devices.size()) {
      return CUDA_ERROR_INVALID_DEVICE;
    }
    return body(state, *kernel, *state.libraries.find(kernel->library)->image);
  });
}

Answer give_attribute(const Function& function, CUfunction_attribute attribute, int* value) {
  const std::optional<int> known = attribute_of(function, attribute);
  if (value == nullptr || !known) return CUDA_ERROR_INVALID_VALUE;
  *value = *known;
  return CUDA_SUCCESS;
}

// What a kernel says without being loaded anywhere.
Function unloaded(const LibraryKernel& kernel, const Image& image, CUdevice device) {
  Function function;
  function.kernel = image.sample.kernels[kernel.index];
  function.target = target_number(image.module.target);
  auto set = kernel.most_dynamic_shared.find(device);
  function.most_dynamic_shared =
      set != kernel.most_dynamic_shared.end()
          ? set->second
          : DeviceModel::kSharedPerBlock - static_cast<int>(function.kernel->static_shared_bytes);
  return function;
}

// In the modules that the library has on the device, and those that it will have.
void set_dynamic_shared(State& state, LibraryKernel& kernel, CUdevice device, int value) {
  kernel.most_dynamic_shared[device] = value;
  for (const auto& [context, module] : state.libraries.find(kernel.library)->modules) {
    if (state.contexts.find(context)->device != device) continue;
    const CUfunction function = state.modules.find(module)->functions[kernel.index];
    state.functions.find(function)->most_dynamic_shared = value;
  }
}

Answer give_parameter(const Kernel& kernel, size_t index, size_t* offset, size_t* bytes) {
  if (index >= kernel.parameter_offsets.size() || offset == nullptr)
    return CUDA_ERROR_INVALID_VALUE;
  *offset = kernel.parameter_offsets[index];
  if (bytes != nullptr) *bytes = kernel.parameter_bytes[index];
  return CUDA_SUCCESS;
}

}  // namespace

Answer find_function(State& state, Context& context, CUfunction handle, CUfunction* found) {
  *found = handle;
  if (state.functions.find(handle) != nullptr) return CUDA_SUCCESS;
  return function_of(state, context, reinterpret_cast<CUkernel>(handle), found);
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuFuncGetAttribute(int* value, CUfunction_attribute attribute, CUfunction handle) {
  return function_call("cuFuncGetAttribute", handle, [&](State&, Context&, Function& function) {
    return give_attribute(function, attribute, value);
  });
}

CUresult CUDAAPI cuFuncSetAttribute(CUfunction handle, CUfunction_attribute attribute, int value) {
  return function_call(
      "cuFuncSetAttribute", handle, [&](State& state, Context& context, Function& function) {
        const DeviceModel& device = state.devices[static_cast<size_t>(context.device)].model;
        const Answer fits = check_settable(device, *function.kernel, attribute, value);
        const bool is_shared = attribute == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
        if (fits.ok() && is_shared) function.most_dynamic_shared = value;
        return fits;
      });
}

CUresult CUDAAPI cuFuncSetCacheConfig(CUfunction handle, CUfunc_cache) {
  return function_call("cuFuncSetCacheConfig", handle,
                       [](State&, Context&, Function&) { return CUDA_SUCCESS; });
}

CUresult CUDAAPI cuFuncGetModule(CUmodule* module, CUfunction handle) {
  return function_call("cuFuncGetModule", handle,
                       [&](State&, Context&, Function& function) -> Answer {
                         if (module == nullptr) return CUDA_ERROR_INVALID_VALUE;
                         *module = function.module;
                         return CUDA_SUCCESS;
                       });
}

CUresult CUDAAPI cuFuncGetName(const char** name, CUfunction handle) {
  return function_call("cuFuncGetName", handle,
                       [&](State&, Context&, Function& function) -> Answer {
                         if (name == nullptr) return CUDA_ERROR_INVALID_VALUE;
                         *name = function.kernel->name.c_str();
                         return CUDA_SUCCESS;
                       });
}

CUresult CUDAAPI cuFuncGetParamInfo(CUfunction handle, size_t index, size_t* offset,
                                    size_t* bytes) {
  return function_call("cuFuncGetParamInfo", handle, [&](State&, Context&, Function& function) {
    return give_parameter(*function.kernel, index, offset, bytes);
  });
}

// Whoever has the handle of a function has loaded it.
CUresult CUDAAPI cuFuncLoad(CUfunction handle) {
  return function_call("cuFuncLoad", handle,
                       [](State&, Context&, Function&) { return CUDA_SUCCESS; });
}

CUresult CUDAAPI cuFuncIsLoaded(CUfunctionLoadingState* loading, CUfunction handle) {
  return function_call("cuFuncIsLoaded", handle, [&](State&, Context&, Function&) -> Answer {
    if (loading == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *loading = CU_FUNCTION_LOADING_STATE_LOADED;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuKernelGetAttribute(int* value, CUfunction_attribute attribute, CUkernel handle,
                                      CUdevice device) {
  return kernel_call("cuKernelGetAttribute", handle, device,
                     [&](State&, LibraryKernel& kernel, const Image& image) {
                       return give_attribute(unloaded(kernel, image, device), attribute, value);
                     });
}

CUresult CUDAAPI cuKernelSetAttribute(CUfunction_attribute attribute, int value, CUkernel handle,
                                      CUdevice device) {
  return kernel_call(
      "cuKernelSetAttribute", handle, device,
      [&](State& state, LibraryKernel& kernel, const Image& image) {
        const Answer fits = check_settable(state.devices[static_cast<size_t>(device)].model,
                                           *image.sample.kernels[kernel.index], attribute, value);
        const bool is_shared = attribute == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
        if (fits.ok() && is_shared) set_dynamic_shared(state, kernel, device, value);
        return fits;
      });
}

CUresult CUDAAPI cuKernelGetParamInfo(CUkernel handle, size_t index, size_t* offset,
                                      size_t* bytes) {
  return kernel_call(
      "cuKernelGetParamInfo", handle, 0, [&](State&, LibraryKernel& kernel, const Image& image) {
        return give_parameter(*image.sample.kernels[kernel.index], index, offset, bytes);
      });
}
