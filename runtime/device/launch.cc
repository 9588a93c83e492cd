#include "device/launch.h"

#include <optional>

#include "base/format.h"
#include "device/capture.h"
#include "device/driver_scope.h"
#include "device/fork_guard.h"
#include "spec/geometry.h"
#include "spec/text.h"
#include "templates/quantize_args.cuh"

namespace fp4jit {
namespace {

QuantizeArgs parameter_block(const Spec& spec, const Extent& extent, const Buffers& buffers) {
  return {reinterpret_cast<const void*>(buffers.input),
          reinterpret_cast<const float*>(buffers.global_scale),
          reinterpret_cast<unsigned char*>(buffers.data),
          reinterpret_cast<unsigned char*>(buffers.sf),
          extent.m,
          extent.m * sf_blocks(spec, extent.k),
          static_cast<unsigned>(extent.k),
          static_cast<unsigned>(extent.k_out)};
}

// What is launched, but for the function and the stream.
struct Launch {
  const LoadedKernel& kernel;
  LaunchGeometry geometry;
  QuantizeArgs args;
};

CUresult launch_once(Launch& launch, CUfunction function, CUstream stream) {
  CUlaunchAttribute dependent = {};
  dependent.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
  dependent.value.programmaticStreamSerializationAllowed = 1;
  CUlaunchConfig config = {};
  config.gridDimX = launch.geometry.grid[0];
  config.gridDimY = launch.geometry.grid[1];
  config.gridDimZ = launch.geometry.grid[2];
  config.blockDimX = launch.geometry.block[0];
  config.blockDimY = launch.geometry.block[1];
  config.blockDimZ = launch.geometry.block[2];
  config.hStream = stream;
  config.attrs = &dependent;
  config.numAttrs = launch.kernel.dependent_launch ? 1 : 0;
  void* parameters[] = {&launch.args};
  return launch.kernel.device->api->launch_kernel_ex(&config, function, parameters, nullptr);
}

// The device that the stream's work runs on: for the default stream, that of the current context.
// Nothing where the driver cannot say, as where no context is current.
std::optional<CUdevice> device_of(const DriverApi& api, CUstream stream) {
  if (api.ctx_get_device == nullptr || api.stream_get_ctx == nullptr) return std::nullopt;
  CUcontext popped = nullptr;
  if (stream != nullptr) {
    CUcontext context = nullptr;
    if (api.stream_get_ctx(stream, &context) != CUDA_SUCCESS) return std::nullopt;
    if (api.ctx_push_current(context) != CUDA_SUCCESS) return std::nullopt;
  }
  CUdevice device = 0;
  bool known = api.ctx_get_device(&device) == CUDA_SUCCESS;
  if (stream != nullptr) api.ctx_pop_current(&popped);
  return known ? std::optional(device) : std::nullopt;
}

Status foreign_stream(const LoadedKernel& kernel, CUstream stream, CUdevice device) {
  std::string which = stream != nullptr ? formatted("stream {}", fmt::ptr(stream))
                                        : "the default stream of the current context";
  return {StatusCode::kInvalidArgument,
          formatted("{} is of device {}, and the kernel of {}; find the kernel of the stream's "
                    "device, or launch on a stream of the kernel's",
                    which, device, device_text(*kernel.device))};
}

// After the driver refused the function of the primary context on this stream.
CUresult launch_elsewhere(Launch& launch, CUstream stream, CUresult refusal, Status* foreign) {
  const Device& device = *launch.kernel.device;
  std::optional<CUdevice> other = device_of(*device.api, stream);
  if (other && *other != device.handle) {
    *foreign = foreign_stream(launch.kernel, stream, *other);
    return refusal;
  }
  // Another context of the device: the driver takes a CUkernel and finds the context by the stream.
  if (other) return launch_once(launch, reinterpret_cast<CUfunction>(launch.kernel.handle), stream);
  if (stream != nullptr) return refusal;
  // The default stream has no context of its own, and a fresh thread has no current one.
  PrimaryContext context(device);
  if (context.result() != CUDA_SUCCESS) return context.result();
  // With a context the driver can say: the launch would break another stream's capture.
  if (is_capturing(*device.api, nullptr)) return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  return launch_once(launch, launch.kernel.function, nullptr);
}

Status launch_error(const LoadedKernel& kernel, const LaunchArguments& arguments, CUresult result) {
  return driver_status(*kernel.device->api, result,
                       formatted("cuLaunchKernelEx of {} with m={} on {}", spec_text(kernel.spec),
                                 arguments.m, device_text(*kernel.device)));
}

}  // namespace

Status launch(const LoadedKernel& kernel, const LaunchArguments& arguments) {
  if (driver_lost_to_fork()) return forked_status();
  FP4JIT_ASSIGN_OR_RETURN(Extent extent,
                          resolve_extent(kernel.spec, arguments.m, arguments.k, arguments.k_out));
  if (extent.m == 0) return {};
  FP4JIT_ASSIGN_OR_RETURN(LaunchGeometry geometry, launch_geometry(kernel.spec, extent));
  FP4JIT_RETURN_IF_ERROR(check_arguments(kernel.spec, extent, arguments.buffers));
  Launch call{kernel, geometry, parameter_block(kernel.spec, extent, arguments.buffers)};
  CUresult result = launch_once(call, kernel.function, arguments.stream);
  if (result == CUDA_SUCCESS) return {};
  if (result == CUDA_ERROR_INVALID_CONTEXT || result == CUDA_ERROR_INVALID_HANDLE) {
    Status foreign;
    result = launch_elsewhere(call, arguments.stream, result, &foreign);
    if (!foreign.ok()) return foreign;
    if (result == CUDA_SUCCESS) return {};
  }
  return launch_error(kernel, arguments, result);
}

}  // namespace fp4jit
