// Contexts, their stack in each thread.
#include "tests/ptxsim/driver/context.h"

#include <algorithm>
#include <cstdio>

#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/module.h"
#include "tests/ptxsim/driver/statistics.h"
#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

constexpr int kApiVersion = 3020;

void report(const std::string& finding) {
  std::fputs(finding.c_str(), stderr);
}

Answer destroy(State& state, CUcontext handle) {
  std::shared_ptr<Context> context = state.contexts.find(handle);
  if (context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
  if (context->is_primary) return CUDA_ERROR_INVALID_CONTEXT;  // it is released, not destroyed
  std::vector<CUcontext>& stack = this_thread().contexts;
  if (!stack.empty() && stack.back() == handle) stack.pop_back();
  destroy_context(state, *context);
  return CUDA_SUCCESS;
}

Answer give_device(const Context& context, CUdevice* device) {
  if (device == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *device = context.device;
  return CUDA_SUCCESS;
}

// Of a context by its handle; the current one for null.
CUresult chosen_call(const char* entry, CUcontext handle,
                     const std::function<Answer(State&, Context&)>& body) {
  if (handle == nullptr) return context_call(entry, body);
  return driver_call(entry, [&](State& state) -> Answer {
    const std::shared_ptr<Context> context = state.contexts.find(handle);
    if (context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    const Answer sticky = context->engine->error();
    return sticky.ok() ? body(state, *context) : sticky;
  });
}

Answer synchronize(State& state, Context& context) {
  const Answer free = check_context_not_capturing(state, context);
  return free.ok() ? settle(context) : free;
}

}  // namespace

void make_context(State& state, CUcontext handle, int device, unsigned flags, bool is_primary) {
  auto context = std::make_shared<Context>();
  context->handle = handle;
  context->device = device;
  context->flags = flags;
  context->is_primary = is_primary;
  context->engine = std::make_unique<Engine>(state.memory, device, report);
  context->legacy = make_stream(state, *context);
  context->legacy->is_legacy = true;
  state.contexts.put(handle, std::move(context));
}

void destroy_context(State& state, Context& context) {
  context.engine->complete();
  const CUcontext gone = context.handle;
  auto is_its = [gone](const auto& object) { return object.context == gone; };
  std::erase_if(state.captures, [&](const auto& capture) { return is_its(*capture->origin); });
  state.streams.erase_if(is_its);
  state.events.erase_if(is_its);
  state.executables.erase_if(is_its);
  state.functions.erase_if(is_its);
  state.libraries.for_each([gone](Library& library) { library.modules.erase(gone); });
  state.modules.for_each([&](const Module& module) {
    if (is_its(module)) release_variables(state, module);
  });
  state.modules.erase_if(is_its);
  std::erase_if(state.blocks, [&](const auto& entry) {
    return is_its(entry.second) && state.memory.release(entry.first);
  });
  Device& device = state.devices[static_cast<size_t>(context.device)];
  add_statistics(&device.statistics, context.engine->statistics());
  state.contexts.erase(gone);
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuCtxCreate(CUcontext* context, CUctxCreateParams* parameters, unsigned int flags,
                             CUdevice device) {
  return driver_call("cuCtxCreate", [&](State& state) -> Answer {
    if (context == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (device < 0 || static_cast<size_t>(device) >= state.devices.size()) {
      return CUDA_ERROR_INVALID_DEVICE;
    }
    if (parameters != nullptr &&
        (parameters->numExecAffinityParams != 0 || parameters->cigParams != nullptr)) {
      return {CUDA_ERROR_NOT_SUPPORTED, "execution affinity is not modelled"};
    }
    if (!unsafe_calls_allowed(state)) return forbid_unsafe_call(state);
    *context = state.contexts.reserve();
    make_context(state, *context, device, flags, false);
    this_thread().contexts.push_back(*context);
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuCtxDestroy(CUcontext context) {
  return driver_call("cuCtxDestroy", [&](State& state) { return destroy(state, context); });
}

CUresult CUDAAPI cuCtxPushCurrent(CUcontext context) {
  return driver_call("cuCtxPushCurrent", [&](State& state) -> Answer {
    if (state.contexts.find(context) == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    this_thread().contexts.push_back(context);
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuCtxPopCurrent(CUcontext* context) {
  return driver_call("cuCtxPopCurrent", [&](State&) -> Answer {
    std::vector<CUcontext>& stack = this_thread().contexts;
    if (stack.empty()) return CUDA_ERROR_INVALID_CONTEXT;
    if (context != nullptr) *context = stack.back();
    stack.pop_back();
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuCtxSetCurrent(CUcontext context) {
  return driver_call("cuCtxSetCurrent", [&](State& state) -> Answer {
    std::vector<CUcontext>& stack = this_thread().contexts;
    if (context != nullptr && state.contexts.find(context) == nullptr) {
      return CUDA_ERROR_INVALID_CONTEXT;
    }
    if (!stack.empty()) stack.pop_back();
    if (context != nullptr) stack.push_back(context);
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuCtxGetCurrent(CUcontext* context) {
  return driver_call("cuCtxGetCurrent", [&](State&) -> Answer {
    if (context == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const std::vector<CUcontext>& stack = this_thread().contexts;
    *context = stack.empty() ? nullptr : stack.back();
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuCtxGetDevice(CUdevice* device) {
  return context_call("cuCtxGetDevice",
                      [&](State&, Context& context) { return give_device(context, device); });
}

CUresult CUDAAPI cuCtxGetDevice_v2(CUdevice* device, CUcontext handle) {
  return chosen_call("cuCtxGetDevice", handle,
                     [&](State&, Context& context) { return give_device(context, device); });
}

CUresult CUDAAPI cuCtxGetFlags(unsigned int* flags) {
  return context_call("cuCtxGetFlags", [&](State&, Context& context) -> Answer {
    if (flags == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *flags = context.flags;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuCtxGetApiVersion(CUcontext handle, unsigned int* version) {
  return chosen_call("cuCtxGetApiVersion", handle, [&](State&, Context&) -> Answer {
    if (version == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *version = kApiVersion;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  return context_call("cuCtxGetStreamPriorityRange", [&](State&, Context&) -> Answer {
    if (least != nullptr) *least = kLeastPriority;
    if (greatest != nullptr) *greatest = kGreatestPriority;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuCtxSynchronize() {
  return context_call("cuCtxSynchronize", synchronize);
}

CUresult CUDAAPI cuCtxSynchronize_v2(CUcontext handle) {
  return chosen_call("cuCtxSynchronize", handle, synchronize);
}
