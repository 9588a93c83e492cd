#include "device/launch.h"

#include <fmt/format.h>

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
          extent.m * (extent.k / sf_vec_size(spec)),
          static_cast<unsigned>(extent.k),
          static_cast<unsigned>(extent.k_out)};
}

CUresult launch_once(const LoadedKernel& kernel, const LaunchGeometry& geometry, CUstream stream,
                     QuantizeArgs* args) {
  CUlaunchAttribute dependent = {};
  dependent.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
  dependent.value.programmaticStreamSerializationAllowed = 1;
  CUlaunchConfig config = {};
  config.gridDimX = geometry.grid[0];
  config.gridDimY = geometry.grid[1];
  config.gridDimZ = geometry.grid[2];
  config.blockDimX = geometry.block[0];
  config.blockDimY = geometry.block[1];
  config.blockDimZ = geometry.block[2];
  config.hStream = stream;
  config.attrs = &dependent;
  config.numAttrs = kernel.dependent_launch ? 1 : 0;
  void* parameters[] = {args};
  // The driver takes a CUkernel for a CUfunction and finds the context by the stream.
  return kernel.device->api->launch_kernel_ex(&config, reinterpret_cast<CUfunction>(kernel.handle),
                                              parameters, nullptr);
}

// The default stream has no context of its own, and a fresh thread has no current one.
CUresult launch_in_primary_context(const LoadedKernel& kernel, const LaunchGeometry& geometry,
                                   QuantizeArgs* args) {
  PrimaryContext context(*kernel.device);
  if (context.result() != CUDA_SUCCESS) return context.result();
  return launch_once(kernel, geometry, nullptr, args);
}

Status launch_error(const LoadedKernel& kernel, const LaunchArguments& arguments, CUresult result) {
  return driver_status(*kernel.device->api, result,
                       fmt::format("cuLaunchKernelEx of {} with m={} on {}", spec_text(kernel.spec),
                                   arguments.m, device_text(*kernel.device)));
}

}  // namespace

Status launch(const LoadedKernel& kernel, const LaunchArguments& arguments) {
  if (driver_lost_to_fork()) return forked_status();
  FP4JIT_ASSIGN_OR_RETURN(Extent extent,
                          resolve_extent(kernel.spec, arguments.m, arguments.k, arguments.k_out));
  if (extent.m == 0) return {};
  FP4JIT_RETURN_IF_ERROR(check_arguments(kernel.spec, extent, arguments.buffers));
  FP4JIT_ASSIGN_OR_RETURN(LaunchGeometry geometry, launch_geometry(kernel.spec, extent));
  QuantizeArgs args = parameter_block(kernel.spec, extent, arguments.buffers);
  CUresult result = launch_once(kernel, geometry, arguments.stream, &args);
  if (result == CUDA_ERROR_INVALID_CONTEXT && arguments.stream == nullptr) {
    result = launch_in_primary_context(kernel, geometry, &args);
  }
  if (result == CUDA_SUCCESS) return {};
  return launch_error(kernel, arguments, result);
}

}  // namespace fp4jit
