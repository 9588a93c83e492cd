// The primary context of each device, which its users count.
#include "tests/ptxsim/driver/context.h"

namespace ptxsim {
namespace {

CUresult primary_call(const char* entry, CUdevice ordinal,
                      const std::function<Answer(State&, Device&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    if (ordinal < 0 || static_cast<size_t>(ordinal) >= state.devices.size()) {
      return CUDA_ERROR_INVALID_DEVICE;
    }
    return body(state, state.devices[static_cast<size_t>(ordinal)]);
  });
}

void deactivate(State& state, Device& device) {
  device.primary_users = 0;
  if (auto context = state.contexts.find(device.primary)) destroy_context(state, *context);
}

}  // namespace
}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice ordinal) {
  return primary_call("cuDevicePrimaryCtxRetain", ordinal,
                      [&](State& state, Device& device) -> Answer {
                        if (context == nullptr) return CUDA_ERROR_INVALID_VALUE;
                        if (device.primary_users++ == 0) {
                          make_context(state, device.primary, ordinal, device.primary_flags, true);
                        }
                        *context = device.primary;
                        return CUDA_SUCCESS;
                      });
}

CUresult CUDAAPI cuDevicePrimaryCtxRelease(CUdevice ordinal) {
  return primary_call("cuDevicePrimaryCtxRelease", ordinal,
                      [&](State& state, Device& device) -> Answer {
                        if (device.primary_users == 0) return CUDA_ERROR_INVALID_CONTEXT;
                        if (--device.primary_users == 0) deactivate(state, device);
                        return CUDA_SUCCESS;
                      });
}

CUresult CUDAAPI cuDevicePrimaryCtxReset(CUdevice ordinal) {
  return primary_call("cuDevicePrimaryCtxReset", ordinal,
                      [&](State& state, Device& device) -> Answer {
                        deactivate(state, device);
                        return CUDA_SUCCESS;
                      });
}

CUresult CUDAAPI cuDevicePrimaryCtxSetFlags(CUdevice ordinal, unsigned int flags) {
  return primary_call("cuDevicePrimaryCtxSetFlags", ordinal,
                      [&](State& state, Device& device) -> Answer {
                        if ((flags & ~static_cast<unsigned>(CU_CTX_FLAGS_MASK)) != 0) {
                          return CUDA_ERROR_INVALID_VALUE;
                        }
                        device.primary_flags = flags;
                        if (auto context = state.contexts.find(device.primary)) {
                          context->flags = flags;
                        }
                        return CUDA_SUCCESS;
                      });
}

CUresult CUDAAPI cuDevicePrimaryCtxGetState(CUdevice ordinal, unsigned int* flags, int* is_active) {
  return primary_call("cuDevicePrimaryCtxGetState", ordinal, [&](State&, Device& device) -> Answer {
    if (flags == nullptr || is_active == nullptr) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    *flags = device.primary_flags;
    *is_active = device.primary_users != 0;
    return CUDA_SUCCESS;
  });
}
