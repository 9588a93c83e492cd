// Launches: what is checked before a kernel is enqueued.
#include <cstring>

#include "tests/ptxsim/driver/function.h"
#include "tests/ptxsim/driver/launch_attributes.h"
#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

constexpr uint64_t kMostGrid[3] = {2147483647, 65535, 65535}, kMostBlock[3] = {1024, 1024, 64};

std::string shape_text(const uint32_t (&shape)[3]) {
  return "(" + std::to_string(shape[0]) + ", " + std::to_string(shape[1]) + ", " +
         std::to_string(shape[2]) + ")";
}

Answer check_shape(const char* what, const uint32_t (&shape)[3], const uint64_t (&most)[3]) {
  for (int i = 0; i < 3; ++i) {
    if (shape[i] >= 1 && shape[i] <= most[i]) continue;
    return {CUDA_ERROR_INVALID_VALUE, std::string(what) + " of " + shape_text(shape)};
  }
  return CUDA_SUCCESS;
}

Answer check_threads(const LaunchRequest& request) {
  const Kernel& kernel = *request.kernel;
  const uint64_t threads = uint64_t{request.block[0]} * request.block[1] * request.block[2];
  const std::string block = "kernel " + kernel.name + ": a block of " + shape_text(request.block);
  if (threads > DeviceModel::kMostThreads) return {CUDA_ERROR_INVALID_VALUE, block};
  if (kernel.required_threads[0] != 0 &&
      std::memcmp(kernel.required_threads, request.block, sizeof request.block) != 0) {
    return {CUDA_ERROR_INVALID_VALUE,
            block + ", but .reqntid " + shape_text(kernel.required_threads)};
  }
  if (threads > kernel.max_threads) {
    return {CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES,
            block + ", but .maxntid " + std::to_string(kernel.max_threads)};
  }
  return CUDA_SUCCESS;
}

Answer check_limits(const LaunchRequest& request, const Function& function) {
  const Answer grid = check_shape("a grid", request.grid, kMostGrid);
  if (!grid.ok()) return grid;
  const Answer block = check_shape("a block", request.block, kMostBlock);
  if (!block.ok()) return block;
  const Answer threads = check_threads(request);
  if (!threads.ok()) return threads;
  if (int64_t{request.dynamic_shared_bytes} <= function.most_dynamic_shared) {
    return CUDA_SUCCESS;
  }
  return {CUDA_ERROR_INVALID_VALUE, std::to_string(request.dynamic_shared_bytes) +
                                        " bytes of dynamic shared memory; kernel " +
                                        request.kernel->name + " may have " +
                                        std::to_string(function.most_dynamic_shared)};
}

// CU_LAUNCH_PARAM_BUFFER_POINTER, _SIZE and _END: all parameters in one piece.
Answer pack_extra(const Kernel& kernel, void** extra, std::vector<uint8_t>* parameters) {
  const uint8_t* buffer = nullptr;
  size_t bytes = 0;
  for (; *extra != CU_LAUNCH_PARAM_END; extra += 2) {
    if (*extra == CU_LAUNCH_PARAM_BUFFER_POINTER) {
      buffer = static_cast<const uint8_t*>(extra[1]);
    } else if (*extra == CU_LAUNCH_PARAM_BUFFER_SIZE && extra[1] != nullptr) {
      bytes = *static_cast<const size_t*>(extra[1]);
    } else {
      return CUDA_ERROR_INVALID_VALUE;
    }
  }
  if (buffer == nullptr || bytes < kernel.parameter_total) {
    return {CUDA_ERROR_INVALID_VALUE, std::to_string(bytes) + " bytes of parameters; kernel " +
                                          kernel.name + " has " +
                                          std::to_string(kernel.parameter_total)};
  }
  parameters->assign(buffer, buffer + kernel.parameter_total);
  return CUDA_SUCCESS;
}

Answer pack_parameters(const Kernel& kernel, void** each, void** extra,
                       std::vector<uint8_t>* parameters) {
  if (each != nullptr && extra != nullptr) return CUDA_ERROR_INVALID_VALUE;
  parameters->assign(kernel.parameter_total, 0);
  if (kernel.parameter_offsets.empty()) return CUDA_SUCCESS;
  if (extra != nullptr) return pack_extra(kernel, extra, parameters);
  for (size_t i = 0; i < kernel.parameter_offsets.size(); ++i) {
    if (each == nullptr || each[i] == nullptr) {
      return {CUDA_ERROR_INVALID_VALUE,
              "kernel " + kernel.name + ": parameter " + std::to_string(i) + " is not given"};
    }
    std::memcpy(parameters->data() + kernel.parameter_offsets[i], each[i],
                kernel.parameter_bytes[i]);
  }
  return CUDA_SUCCESS;
}

Answer launch(State& state, Stream& stream, const CUlaunchConfig& config, CUfunction handle,
              void** each, void** extra) {
  Context& context = context_of(state, stream);
  KernelOperation operation;
  const Answer found = find_function(state, context, handle, &operation.function);
  if (!found.ok()) return found;
  if (operation.function != handle) operation.kernel = reinterpret_cast<CUkernel>(handle);
  const std::shared_ptr<Function> function = state.functions.find(operation.function);
  if (function->context != context.handle) {
    return {CUDA_ERROR_INVALID_HANDLE, "the function is of another context than the stream"};
  }
  operation.request = {function->kernel,
                       {config.gridDimX, config.gridDimY, config.gridDimZ},
                       {config.blockDimX, config.blockDimY, config.blockDimZ},
                       config.sharedMemBytes,
                       {},
                       false};
  const Answer fits = check_limits(operation.request, *function);
  if (!fits.ok()) return fits;
  const DeviceModel& device = state.devices[static_cast<size_t>(context.device)].model;
  const Answer attributes = read_launch_attributes(device, config, &operation.request);
  if (!attributes.ok()) return attributes;
  const Answer packed =
      pack_parameters(*function->kernel, each, extra, &operation.request.parameters);
  return packed.ok() ? submit(state, stream, std::move(operation)) : packed;
}

}  // namespace
}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
                                unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                                unsigned int block_z, unsigned int dynamic_shared, CUstream handle,
                                void** parameters, void** extra) {
  const CUlaunchConfig config = {grid_x,  grid_y,         grid_z, block_x, block_y,
                                 block_z, dynamic_shared, handle, nullptr, 0};
  return stream_call("cuLaunchKernel", handle, [&](State& state, Stream& stream) {
    return launch(state, stream, config, function, parameters, extra);
  });
}

CUresult CUDAAPI cuLaunchKernelEx(const CUlaunchConfig* config, CUfunction function,
                                  void** parameters, void** extra) {
  if (config == nullptr) {
    return driver_call("cuLaunchKernelEx", [](State&) { return CUDA_ERROR_INVALID_VALUE; });
  }
  return stream_call("cuLaunchKernelEx", config->hStream, [&](State& state, Stream& stream) {
    return launch(state, stream, *config, function, parameters, extra);
  });
}

// The variant for per-thread default streams, whose null stream stands in the configuration.
extern "C" __attribute__((visibility("default"))) CUresult CUDAAPI cuLaunchKernelEx_ptsz(
    const CUlaunchConfig* config, CUfunction function, void** parameters, void** extra) {
  if (config == nullptr || config->hStream != nullptr) {
    return cuLaunchKernelEx(config, function, parameters, extra);
  }
  CUlaunchConfig own = *config;
  own.hStream = CU_STREAM_PER_THREAD;
  return cuLaunchKernelEx(&own, function, parameters, extra);
}
