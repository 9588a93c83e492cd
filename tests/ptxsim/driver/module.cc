#include "tests/ptxsim/driver/module.h"

#include <algorithm>
#include <cstring>

#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/image.h"

namespace ptxsim {
namespace {

CUfunction add_function(State& state, const Module& module, CUmodule handle,
                        std::shared_ptr<const Kernel> kernel) {
  auto function = std::make_shared<Function>();
  function->context = module.context;
  function->module = handle;
  function->target = target_number(module.image->module.target);
  function->most_dynamic_shared =
      DeviceModel::kSharedPerBlock - static_cast<int>(kernel->static_shared_bytes);
  function->kernel = std::move(kernel);
  return state.functions.add(std::move(function));
}

Answer load(State& state, Context& context, const void* image, CUmodule* out) {
  if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
  if (!unsafe_calls_allowed(state)) return forbid_unsafe_call(state);
  auto read = read_image(state, image);
  if (!read.ok()) return read.error();
  return make_module(state, context, *read, out);
}

Answer find_function(const State& state, CUmodule handle, const char* name, CUfunction* out) {
  if (out == nullptr || name == nullptr) return CUDA_ERROR_INVALID_VALUE;
  const std::shared_ptr<Module> module = state.modules.find(handle);
  if (module == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  const auto& kernels = module->loaded.kernels;
  auto found = std::ranges::find_if(kernels, [&](const auto& one) { return one->name == name; });
  if (found == kernels.end()) {
    return {CUDA_ERROR_NOT_FOUND, std::string("the module has no kernel '") + name + "'"};
  }
  *out = module->functions[static_cast<size_t>(found - kernels.begin())];
  return CUDA_SUCCESS;
}

// A library's modules go with it.
Answer unload(State& state, Context& context, CUmodule handle) {
  const std::shared_ptr<Module> module = state.modules.find(handle);
  if (module == nullptr || module->library != nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (!unsafe_calls_allowed(state)) return forbid_unsafe_call(state);
  const Answer settled = settle(context);
  if (settled.ok()) destroy_module(state, handle);
  return settled;
}

}  // namespace

Answer make_module(State& state, Context& context, std::shared_ptr<const Image> image,
                   CUmodule* out) {
  const Device& device = state.devices[static_cast<size_t>(context.device)];
  const Answer fits = check_target(*image, device.model);
  if (!fits.ok()) return fits;
  const Answer settled = settle(context);
  if (!settled.ok()) return settled;
  auto loaded = load_module(image->module, state.memory, context.device);
  if (!loaded.ok()) return loaded.error();
  auto module = std::make_shared<Module>();
  module->context = context.handle;
  module->image = std::move(image);
  module->loaded = *std::move(loaded);
  *out = state.modules.add(module);
  for (const auto& kernel : module->loaded.kernels) {
    module->functions.push_back(add_function(state, *module, *out, kernel));
  }
  return CUDA_SUCCESS;
}

void destroy_module(State& state, CUmodule handle) {
  if (auto module = state.modules.find(handle)) release_variables(state, *module);
  state.functions.erase_if([handle](const Function& one) { return one.module == handle; });
  state.modules.erase(handle);
}

void release_variables(State& state, const Module& module) {
  if (module.loaded.variables != 0) state.memory.release(module.loaded.variables);
}

Answer find_variable(const Module& module, const char* name, CUdeviceptr* address, size_t* bytes) {
  if (name == nullptr || (address == nullptr && bytes == nullptr)) return CUDA_ERROR_INVALID_VALUE;
  for (const auto& variable : module.loaded.globals) {
    if (variable.name != name) continue;
    if (address != nullptr) *address = variable.address;
    if (bytes != nullptr) *bytes = variable.bytes;
    return CUDA_SUCCESS;
  }
  return {CUDA_ERROR_NOT_FOUND, std::string("the module has no variable '") + name + "'"};
}

void write_error_log(const std::string& text, unsigned count, const CUjit_option* options,
                     void** values) {
  char* buffer = nullptr;
  void** bytes = nullptr;
  for (unsigned i = 0; options != nullptr && values != nullptr && i < count; ++i) {
    if (options[i] == CU_JIT_ERROR_LOG_BUFFER) buffer = static_cast<char*>(values[i]);
    if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) bytes = &values[i];
  }
  if (buffer == nullptr || bytes == nullptr || *bytes == nullptr) return;
  const size_t kept = std::min(text.size(), reinterpret_cast<size_t>(*bytes) - 1);
  std::memcpy(buffer, text.data(), kept);
  buffer[kept] = '\0';
  *bytes = reinterpret_cast<void*>(kept);
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuModuleLoadData(CUmodule* module, const void* image) {
  return context_call("cuModuleLoadData", [&](State& state, Context& context) {
    return load(state, context, image, module);
  });
}

CUresult CUDAAPI cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned int count,
                                    CUjit_option* options, void** values) {
  return context_call("cuModuleLoadDataEx", [&](State& state, Context& context) {
    const Answer loaded = load(state, context, image, module);
    write_error_log(loaded.why, count, options, values);
    return loaded;
  });
}

CUresult CUDAAPI cuModuleUnload(CUmodule module) {
  return context_call("cuModuleUnload", [&](State& state, Context& context) {
    return unload(state, context, module);
  });
}

CUresult CUDAAPI cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
  return context_call("cuModuleGetFunction", [&](State& state, Context&) {
    return find_function(state, module, name, function);
  });
}

CUresult CUDAAPI cuModuleGetGlobal(CUdeviceptr* address, size_t* bytes, CUmodule handle,
                                   const char* name) {
  return context_call("cuModuleGetGlobal", [&](State& state, Context&) -> Answer {
    const std::shared_ptr<Module> module = state.modules.find(handle);
    if (module == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    return find_variable(*module, name, address, bytes);
  });
}

CUresult CUDAAPI cuModuleGetLoadingMode(CUmoduleLoadingMode* mode) {
  return driver_call("cuModuleGetLoadingMode", [&](State&) -> Answer {
    if (mode == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *mode = CU_MODULE_LAZY_LOADING;
    return CUDA_SUCCESS;
  });
}
