// Copies and fills.
#include <cstring>

#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/memory.h"
#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

enum class Place : uint8_t { kHost, kKnown, kBad };

// kKnown is memory of the driver's, pinned included.
Place place_of(const State& state, uint64_t address, bool must_be_device) {
  const Allocation* found = state.memory.find(address);
  if (found != nullptr && !found->freed) return Place::kKnown;
  const bool is_gone = found != nullptr && found->device >= 0;
  return is_gone || must_be_device ? Place::kBad : Place::kHost;
}

bool copy_between(const State& state, const CopyOperation& operation, Place from, Place to) {
  void* host_to = reinterpret_cast<void*>(operation.to);
  const void* host_from = reinterpret_cast<const void*>(operation.from);
  if (from == Place::kKnown && to == Place::kKnown) {
    return copy_on_device(state.memory, operation.to, operation.from, operation.bytes);
  }
  if (to == Place::kKnown) {
    return copy_to_device(state.memory, operation.to, host_from, operation.bytes);
  }
  if (from == Place::kKnown) {
    return copy_from_device(state.memory, host_to, operation.from, operation.bytes);
  }
  std::memmove(host_to, host_from, operation.bytes);
  return true;
}

CopyOperation to_device(CUdeviceptr to, const void* from, size_t bytes) {
  return {to, reinterpret_cast<uint64_t>(from), bytes, true, false};
}

CopyOperation from_device(void* to, CUdeviceptr from, size_t bytes) {
  return {reinterpret_cast<uint64_t>(to), from, bytes, false, true};
}

CopyOperation on_device(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return {to, from, bytes, true, true};
}

// Waits for the null stream, and so is none of the calls that a capture allows.
CUresult run_now(const char* entry, const Operation& operation) {
  return stream_call(entry, nullptr, [&](State& state, Stream& stream) -> Answer {
    const Answer implicit = check_implicit_dependency(state, stream, Query::kNo);
    if (!implicit.ok()) return implicit;
    if (!unsafe_calls_allowed(state)) return forbid_unsafe_call(state);
    return submit(state, stream, operation);
  });
}

CUresult enqueue(const char* entry, CUstream handle, const Operation& operation) {
  return stream_call(entry, handle, [&](State& state, Stream& stream) {
    return submit(state, stream, operation);
  });
}

}  // namespace

Answer copy(const State& state, const CopyOperation& operation) {
  if (operation.bytes == 0) return CUDA_SUCCESS;
  const Place to = place_of(state, operation.to, operation.to_device);
  const Place from = place_of(state, operation.from, operation.from_device);
  if (to == Place::kBad) {
    return {CUDA_ERROR_INVALID_VALUE,
            "destination " + describe_range(state, operation.to, operation.bytes)};
  }
  if (from == Place::kBad) {
    return {CUDA_ERROR_INVALID_VALUE,
            "source " + describe_range(state, operation.from, operation.bytes)};
  }
  if (copy_between(state, operation, from, to)) return CUDA_SUCCESS;
  return {CUDA_ERROR_INVALID_VALUE,
          "from " + describe_range(state, operation.from, operation.bytes) + " to " +
              describe_range(state, operation.to, operation.bytes)};
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuMemcpy(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return run_now("cuMemcpy", CopyOperation{to, from, bytes});
}

CUresult CUDAAPI cuMemcpyAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return enqueue("cuMemcpyAsync", stream, CopyOperation{to, from, bytes});
}

CUresult CUDAAPI cuMemcpyHtoD(CUdeviceptr to, const void* from, size_t bytes) {
  return run_now("cuMemcpyHtoD", to_device(to, from, bytes));
}

CUresult CUDAAPI cuMemcpyHtoDAsync(CUdeviceptr to, const void* from, size_t bytes,
                                   CUstream stream) {
  return enqueue("cuMemcpyHtoDAsync", stream, to_device(to, from, bytes));
}

CUresult CUDAAPI cuMemcpyDtoH(void* to, CUdeviceptr from, size_t bytes) {
  return run_now("cuMemcpyDtoH", from_device(to, from, bytes));
}

CUresult CUDAAPI cuMemcpyDtoHAsync(void* to, CUdeviceptr from, size_t bytes, CUstream stream) {
  return enqueue("cuMemcpyDtoHAsync", stream, from_device(to, from, bytes));
}

CUresult CUDAAPI cuMemcpyDtoD(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return run_now("cuMemcpyDtoD", on_device(to, from, bytes));
}

CUresult CUDAAPI cuMemcpyDtoDAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                                   CUstream stream) {
  return enqueue("cuMemcpyDtoDAsync", stream, on_device(to, from, bytes));
}

CUresult CUDAAPI cuMemsetD8(CUdeviceptr to, unsigned char value, size_t count) {
  return run_now("cuMemsetD8", FillOperation{to, count, value, 1});
}

CUresult CUDAAPI cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count,
                                 CUstream stream) {
  return enqueue("cuMemsetD8Async", stream, FillOperation{to, count, value, 1});
}

CUresult CUDAAPI cuMemsetD16(CUdeviceptr to, unsigned short value, size_t count) {
  return run_now("cuMemsetD16", FillOperation{to, count, value, 2});
}

CUresult CUDAAPI cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t count,
                                  CUstream stream) {
  return enqueue("cuMemsetD16Async", stream, FillOperation{to, count, value, 2});
}

CUresult CUDAAPI cuMemsetD32(CUdeviceptr to, unsigned int value, size_t count) {
  return run_now("cuMemsetD32", FillOperation{to, count, value, 4});
}

CUresult CUDAAPI cuMemsetD32Async(CUdeviceptr to, unsigned int value, size_t count,
                                  CUstream stream) {
  return enqueue("cuMemsetD32Async", stream, FillOperation{to, count, value, 4});
}
