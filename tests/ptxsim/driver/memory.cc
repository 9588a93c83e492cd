// Allocation, on the device and of pinned host memory.
#include "tests/ptxsim/driver/memory.h"

#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

constexpr unsigned kHostAllocFlags =
    CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_WRITECOMBINED;
constexpr unsigned kHostRegisterFlags =
    CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP | CU_MEMHOSTREGISTER_READ_ONLY;

using Kind = MemoryBlock::Kind;

void keep_block(State& state, uint64_t address, Kind kind, const Context& context,
                std::unique_ptr<LazyMemory> host) {
  state.blocks[address] = {kind, context.handle, state.next_id++, std::move(host)};
}

// Allocating and freeing wait for what runs, and a capture would not see them.
Answer prepare(State& state, Context& context) {
  return unsafe_calls_allowed(state) ? settle(context) : forbid_unsafe_call(state);
}

Answer allocate(State& state, Context& context, CUdeviceptr* address, size_t bytes,
                const char* origin) {
  if (address == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  const uint64_t used = state.memory.live_bytes(context.device);
  const uint64_t free_bytes =
      state.settings->memory_bytes - std::min(used, state.settings->memory_bytes);
  if (bytes > free_bytes) {
    return {CUDA_ERROR_OUT_OF_MEMORY, std::to_string(bytes) + " bytes, but " +
                                          std::to_string(free_bytes) +
                                          " are free (PTXSIM_MEMORY_MB)"};
  }
  const Allocation* made = state.memory.allocate(bytes, context.device, origin);
  if (made == nullptr) return {CUDA_ERROR_OUT_OF_MEMORY, "the host has no memory for it"};
  keep_block(state, made->address, Kind::kDevice, context, nullptr);
  *address = made->address;
  return CUDA_SUCCESS;
}

// An address that begins no live block of the kind gets the words of what it is instead.
Answer release(State& state, Kind kind, uint64_t address) {
  auto found = state.blocks.find(address);
  if (found == state.blocks.end() || found->second.kind != kind) {
    return {CUDA_ERROR_INVALID_VALUE, describe_range(state, address, 1)};
  }
  state.memory.release(address);
  state.blocks.erase(found);
  return CUDA_SUCCESS;
}

CUresult release_call(const char* entry, Kind kind, uint64_t address) {
  return context_call(entry, [&](State& state, Context& context) -> Answer {
    const Answer ready = prepare(state, context);
    return ready.ok() ? release(state, kind, address) : ready;
  });
}

Answer allocate_pinned(State& state, Context& context, void** memory, size_t bytes,
                       const char* origin) {
  if (memory == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  const Answer ready = prepare(state, context);
  if (!ready.ok()) return ready;
  auto host = std::make_unique<LazyMemory>(bytes);
  *memory = host->data();
  if (*memory == nullptr || state.memory.pin(*memory, bytes, origin) == nullptr) {
    return {CUDA_ERROR_OUT_OF_MEMORY, "the host has no memory for it"};
  }
  keep_block(state, reinterpret_cast<uint64_t>(*memory), Kind::kPinned, context, std::move(host));
  return CUDA_SUCCESS;
}

Answer register_host(State& state, Context& context, void* memory, size_t bytes, unsigned flags) {
  if (memory == nullptr || bytes == 0 || (flags & ~kHostRegisterFlags) != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  const Answer ready = prepare(state, context);
  if (!ready.ok()) return ready;
  const auto first = reinterpret_cast<uint64_t>(memory);
  for (uint64_t address : {first, first + bytes - 1}) {
    const Allocation* other = state.memory.find(address);
    if (other != nullptr && !other->freed) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  }
  if (state.memory.pin(memory, bytes, "cuMemHostRegister") == nullptr) {
    return {CUDA_ERROR_OUT_OF_MEMORY, "the host has no memory for it"};
  }
  keep_block(state, first, Kind::kRegistered, context, nullptr);
  return CUDA_SUCCESS;
}

Answer unregister_host(State& state, Context& context, void* memory) {
  const Answer ready = prepare(state, context);
  if (!ready.ok()) return ready;
  auto found = state.blocks.find(reinterpret_cast<uint64_t>(memory));
  const bool is_registered = found != state.blocks.end() && found->second.kind == Kind::kRegistered;
  if (!is_registered) return CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
  return release(state, Kind::kRegistered, found->first);
}

// The stream orders nothing here, since all that was enqueued has run.
Answer check_allocating_stream(Stream& stream) {
  if (stream.capture == nullptr) return CUDA_SUCCESS;
  stream.capture->is_invalid = true;
  return {CUDA_ERROR_NOT_SUPPORTED, "memory nodes of graphs are not modelled"};
}

}  // namespace
}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuMemAlloc(CUdeviceptr* address, size_t bytes) {
  return context_call("cuMemAlloc", [&](State& state, Context& context) -> Answer {
    const Answer ready = prepare(state, context);
    return ready.ok() ? allocate(state, context, address, bytes, "cuMemAlloc") : ready;
  });
}

CUresult CUDAAPI cuMemFree(CUdeviceptr address) {
  if (address == 0) return context_call("cuMemFree", [](State&, Context&) { return CUDA_SUCCESS; });
  return release_call("cuMemFree", MemoryBlock::Kind::kDevice, address);
}

CUresult CUDAAPI cuMemAllocAsync(CUdeviceptr* address, size_t bytes, CUstream handle) {
  return stream_call("cuMemAllocAsync", handle, [&](State& state, Stream& stream) -> Answer {
    Answer ready = check_implicit_dependency(state, stream, Query::kNo);
    if (ready.ok()) ready = check_allocating_stream(stream);
    Context& context = *state.contexts.find(stream.context);
    if (ready.ok()) ready = settle(context);
    return ready.ok() ? allocate(state, context, address, bytes, "cuMemAllocAsync") : ready;
  });
}

CUresult CUDAAPI cuMemFreeAsync(CUdeviceptr address, CUstream handle) {
  return stream_call("cuMemFreeAsync", handle, [&](State& state, Stream& stream) -> Answer {
    Answer ready = check_implicit_dependency(state, stream, Query::kNo);
    if (ready.ok()) ready = check_allocating_stream(stream);
    if (ready.ok()) ready = settle(*state.contexts.find(stream.context));
    return ready.ok() ? release(state, MemoryBlock::Kind::kDevice, address) : ready;
  });
}

CUresult CUDAAPI cuMemAllocHost(void** memory, size_t bytes) {
  return context_call("cuMemAllocHost", [&](State& state, Context& context) {
    return allocate_pinned(state, context, memory, bytes, "cuMemAllocHost");
  });
}

CUresult CUDAAPI cuMemHostAlloc(void** memory, size_t bytes, unsigned int flags) {
  return context_call("cuMemHostAlloc", [&](State& state, Context& context) -> Answer {
    if ((flags & ~kHostAllocFlags) != 0) return CUDA_ERROR_INVALID_VALUE;
    return allocate_pinned(state, context, memory, bytes, "cuMemHostAlloc");
  });
}

CUresult CUDAAPI cuMemFreeHost(void* memory) {
  return release_call("cuMemFreeHost", MemoryBlock::Kind::kPinned,
                      reinterpret_cast<uint64_t>(memory));
}

CUresult CUDAAPI cuMemHostRegister(void* memory, size_t bytes, unsigned int flags) {
  return context_call("cuMemHostRegister", [&](State& state, Context& context) {
    return register_host(state, context, memory, bytes, flags);
  });
}

CUresult CUDAAPI cuMemHostUnregister(void* memory) {
  return context_call("cuMemHostUnregister", [&](State& state, Context& context) {
    return unregister_host(state, context, memory);
  });
}
