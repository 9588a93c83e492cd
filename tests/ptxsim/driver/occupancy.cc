// How many blocks fit a multiprocessor.
#include <algorithm>

#include "tests/ptxsim/driver/function.h"

namespace ptxsim {
namespace {

constexpr int kWarp = 32, kSharedUnit = 128;

int round_up(int value, int unit) {
  return (value + unit - 1) / unit * unit;
}

CUresult occupancy_call(const char* entry, CUfunction handle,
                        const std::function<Answer(const DeviceModel&, const Kernel&)>& body) {
  return context_call(entry, [&](State& state, Context& context) -> Answer {
    CUfunction function = nullptr;
    const Answer found = find_function(state, context, handle, &function);
    if (!found.ok()) return found;
    const DeviceModel& device = state.devices[static_cast<size_t>(context.device)].model;
    return body(device, *state.functions.find(function)->kernel);
  });
}

CUresult active_blocks(const char* entry, int* blocks, CUfunction handle, int threads,
                       size_t dynamic_shared) {
  return occupancy_call(entry, handle,
                        [&](const DeviceModel& device, const Kernel& kernel) -> Answer {
                          if (blocks == nullptr || threads <= 0) return CUDA_ERROR_INVALID_VALUE;
                          *blocks = resident_blocks(device, kernel, threads, dynamic_shared);
                          return CUDA_SUCCESS;
                        });
}

CUresult best_block(const char* entry, int* grid, int* block, CUfunction handle,
                    CUoccupancyB2DSize shared_of, size_t shared, int limit) {
  return occupancy_call(entry, handle,
                        [&](const DeviceModel& device, const Kernel& kernel) -> Answer {
                          if (grid == nullptr || block == nullptr || limit < 0)
                            return CUDA_ERROR_INVALID_VALUE;
                          int most = static_cast<int>(kernel.max_threads), best = 0;
                          if (limit > 0) most = std::min(most, limit);
                          for (int threads = round_up(most, kWarp); threads > 0; threads -= kWarp) {
                            const int size = std::min(threads, most);
                            const size_t dynamic = shared_of != nullptr ? shared_of(size) : shared;
                            const int blocks = resident_blocks(device, kernel, size, dynamic);
                            if (blocks * size <= best) continue;
                            best = blocks * size;
                            *block = size;
                            *grid = blocks * DeviceModel::kMultiprocessors;
                          }
                          return best > 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
                        });
}

}  // namespace

int resident_blocks(const DeviceModel& device, const Kernel& kernel, int threads,
                    size_t dynamic_shared) {
  const size_t shared = kernel.static_shared_bytes + dynamic_shared;
  if (threads > static_cast<int>(kernel.max_threads)) return 0;
  if (shared > static_cast<size_t>(device.shared_per_block_optin())) return 0;
  const int bytes = round_up(static_cast<int>(shared) + DeviceModel::kReservedShared, kSharedUnit);
  return std::min({device.blocks_per_multiprocessor,
                   device.threads_per_multiprocessor / round_up(threads, kWarp),
                   device.shared_per_multiprocessor / bytes});
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function,
                                                             int threads, size_t dynamic_shared) {
  return active_blocks("cuOccupancyMaxActiveBlocksPerMultiprocessor", blocks, function, threads,
                       dynamic_shared);
}

CUresult CUDAAPI cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int* blocks, CUfunction function, int threads, size_t dynamic_shared, unsigned int) {
  return active_blocks("cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags", blocks, function,
                       threads, dynamic_shared);
}

CUresult CUDAAPI cuOccupancyMaxPotentialBlockSize(int* grid, int* block, CUfunction function,
                                                  CUoccupancyB2DSize shared_of, size_t shared,
                                                  int limit) {
  return best_block("cuOccupancyMaxPotentialBlockSize", grid, block, function, shared_of, shared,
                    limit);
}
