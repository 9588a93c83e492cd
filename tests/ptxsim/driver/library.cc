// Libraries, which are of no context, and their kernels.
#include <algorithm>

#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/image.h"
#include "tests/ptxsim/driver/module.h"

namespace ptxsim {
namespace {

Answer load(State& state, const void* image, CUlibrary* out) {
  if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
  if (!unsafe_calls_allowed(state)) return forbid_unsafe_call(state);
  auto read = read_image(state, image);
  if (!read.ok()) return read.error();
  auto library = std::make_shared<Library>();
  library->image = *read;
  *out = state.libraries.add(library);
  for (size_t index = 0; index < library->image->sample.kernels.size(); ++index) {
    auto kernel = std::make_shared<LibraryKernel>();
    kernel->library = *out;
    kernel->index = index;
    library->kernels.push_back(state.kernels.add(std::move(kernel)));
  }
  return CUDA_SUCCESS;
}

Answer unload(State& state, CUlibrary handle) {
  const std::shared_ptr<Library> library = state.libraries.find(handle);
  if (library == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (!unsafe_calls_allowed(state)) return forbid_unsafe_call(state);
  for (const auto& [context, module] : library->modules) {
    settle(*state.contexts.find(context));
    destroy_module(state, module);
  }
  for (CUkernel kernel : library->kernels) state.kernels.erase(kernel);
  state.libraries.erase(handle);
  return CUDA_SUCCESS;
}

CUresult library_call(const char* entry, CUlibrary handle,
                      const std::function<Answer(State&, Library&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    const std::shared_ptr<Library> library = state.libraries.find(handle);
    return library != nullptr ? body(state, *library) : Answer(CUDA_ERROR_INVALID_HANDLE);
  });
}

CUresult kernel_call(const char* entry, CUkernel handle,
                     const std::function<Answer(State&, LibraryKernel&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    const std::shared_ptr<LibraryKernel> kernel = state.kernels.find(handle);
    return kernel != nullptr ? body(state, *kernel) : Answer(CUDA_ERROR_INVALID_HANDLE);
  });
}

Answer find_kernel(const Library& library, const char* name, CUkernel* out) {
  if (out == nullptr || name == nullptr) return CUDA_ERROR_INVALID_VALUE;
  const auto& kernels = library.image->sample.kernels;
  auto found = std::ranges::find_if(kernels, [&](const auto& one) { return one->name == name; });
  if (found == kernels.end()) {
    return {CUDA_ERROR_NOT_FOUND, std::string("the library has no kernel '") + name + "'"};
  }
  *out = library.kernels[static_cast<size_t>(found - kernels.begin())];
  return CUDA_SUCCESS;
}

}  // namespace

Answer module_of(State& state, Context& context, CUlibrary handle, CUmodule* out) {
  const std::shared_ptr<Library> library = state.libraries.find(handle);
  if (library == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  auto found = library->modules.find(context.handle);
  if (found != library->modules.end()) {
    *out = found->second;
    return CUDA_SUCCESS;
  }
  const Answer made = make_module(state, context, library->image, out);
  if (!made.ok()) return made;
  const std::shared_ptr<Module> module = state.modules.find(*out);
  module->library = handle;
  library->modules[context.handle] = *out;
  for (size_t index = 0; index < library->kernels.size(); ++index) {
    const auto kernel = state.kernels.find(library->kernels[index]);
    auto set = kernel->most_dynamic_shared.find(context.device);
    if (set == kernel->most_dynamic_shared.end()) continue;
    state.functions.find(module->functions[index])->most_dynamic_shared = set->second;
  }
  return CUDA_SUCCESS;
}

Answer function_of(State& state, Context& context, CUkernel handle, CUfunction* out) {
  const std::shared_ptr<LibraryKernel> kernel = state.kernels.find(handle);
  if (kernel == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  CUmodule module = nullptr;
  const Answer found = module_of(state, context, kernel->library, &module);
  if (found.ok()) *out = state.modules.find(module)->functions[kernel->index];
  return found;
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuLibraryLoadData(CUlibrary* library, const void* image, CUjit_option* jit_options,
                                   void** jit_values, unsigned int jit_count, CUlibraryOption*,
                                   void**, unsigned int) {
  return driver_call("cuLibraryLoadData", [&](State& state) {
    const Answer loaded = load(state, image, library);
    write_error_log(loaded.why, jit_count, jit_options, jit_values);
    return loaded;
  });
}

CUresult CUDAAPI cuLibraryUnload(CUlibrary library) {
  return driver_call("cuLibraryUnload", [&](State& state) { return unload(state, library); });
}

CUresult CUDAAPI cuLibraryGetKernel(CUkernel* kernel, CUlibrary handle, const char* name) {
  return library_call("cuLibraryGetKernel", handle,
                      [&](State&, Library& library) { return find_kernel(library, name, kernel); });
}

CUresult CUDAAPI cuLibraryGetKernelCount(unsigned int* count, CUlibrary handle) {
  return library_call("cuLibraryGetKernelCount", handle, [&](State&, Library& library) -> Answer {
    if (count == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *count = static_cast<unsigned>(library.kernels.size());
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuLibraryEnumerateKernels(CUkernel* kernels, unsigned int count,
                                           CUlibrary handle) {
  return library_call("cuLibraryEnumerateKernels", handle, [&](State&, Library& library) -> Answer {
    if (kernels == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const size_t given = std::min<size_t>(count, library.kernels.size());
    std::copy_n(library.kernels.begin(), given, kernels);
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuLibraryGetModule(CUmodule* module, CUlibrary library) {
  return context_call("cuLibraryGetModule", [&](State& state, Context& context) -> Answer {
    if (module == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return module_of(state, context, library, module);
  });
}

CUresult CUDAAPI cuLibraryGetGlobal(CUdeviceptr* address, size_t* bytes, CUlibrary library,
                                    const char* name) {
  return context_call("cuLibraryGetGlobal", [&](State& state, Context& context) {
    CUmodule module = nullptr;
    const Answer found = module_of(state, context, library, &module);
    return found.ok() ? find_variable(*state.modules.find(module), name, address, bytes) : found;
  });
}

CUresult CUDAAPI cuKernelGetFunction(CUfunction* function, CUkernel kernel) {
  return context_call("cuKernelGetFunction", [&](State& state, Context& context) -> Answer {
    if (function == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return function_of(state, context, kernel, function);
  });
}

CUresult CUDAAPI cuKernelGetLibrary(CUlibrary* library, CUkernel handle) {
  return kernel_call("cuKernelGetLibrary", handle, [&](State&, LibraryKernel& kernel) -> Answer {
    if (library == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *library = kernel.library;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuKernelGetName(const char** name, CUkernel handle) {
  return kernel_call("cuKernelGetName", handle, [&](State& state, LibraryKernel& kernel) -> Answer {
    if (name == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const auto library = state.libraries.find(kernel.library);
    *name = library->image->sample.kernels[kernel.index]->name.c_str();
    return CUDA_SUCCESS;
  });
}
