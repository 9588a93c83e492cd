// What the driver says of memory: sizes, ranges, what a pointer is.
#include <algorithm>

#include "tests/ptxsim/driver/memory.h"

namespace ptxsim {
namespace {

// What cuPointerGetAttribute knows of an address; null members for one that is not the driver's.
struct Pointer {
  const Allocation* allocation = nullptr;
  const MemoryBlock* block = nullptr;
};

Pointer find_pointer(const State& state, uint64_t address) {
  const Allocation* found = state.memory.find(address);
  if (found == nullptr || found->freed) return {};
  auto block = state.blocks.find(found->address);
  return {found, block == state.blocks.end() ? nullptr : &block->second};
}

template <class Value>
Answer give(void* out, Value value) {
  *static_cast<Value*>(out) = value;
  return CUDA_SUCCESS;
}

Answer pointer_attribute(const State& state, const Pointer& pointer, uint64_t address,
                         CUpointer_attribute attribute, void* out) {
  const Allocation& memory = *pointer.allocation;
  const bool on_host = memory.device < 0;
  const MemoryBlock* block = pointer.block;
  switch (attribute) {
    case CU_POINTER_ATTRIBUTE_CONTEXT:
      return give(out, block != nullptr ? block->context : nullptr);
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
      return give(out, on_host ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE);
    case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
      return give(out, CUdeviceptr{address});
    case CU_POINTER_ATTRIBUTE_HOST_POINTER:
      if (!on_host) return CUDA_ERROR_INVALID_VALUE;
      return give(out, reinterpret_cast<void*>(address));
    case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
    case CU_POINTER_ATTRIBUTE_IS_MANAGED:
    case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
      return give(out, 0u);
    case CU_POINTER_ATTRIBUTE_BUFFER_ID:
      return give(out, static_cast<unsigned long long>(memory.id));
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL: {
      const auto context = block != nullptr ? state.contexts.find(block->context) : nullptr;
      return give(out, on_host && context != nullptr ? context->device : memory.device);
    }
    case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
      return give(out, CUdeviceptr{memory.address});
    case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
      return give(out, size_t{memory.bytes});
    case CU_POINTER_ATTRIBUTE_MAPPED:
      return give(out, 1u);
    default:
      return {CUDA_ERROR_NOT_SUPPORTED,
              "pointer attribute " + std::to_string(attribute) + " is not modelled"};
  }
}

// The value of an attribute for a pointer that is not the driver's.
Answer no_attribute(CUpointer_attribute attribute, void* out) {
  switch (attribute) {
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
      return give(out, int{CU_DEVICE_INVALID});
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
    case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
    case CU_POINTER_ATTRIBUTE_IS_MANAGED:
    case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
    case CU_POINTER_ATTRIBUTE_MAPPED:
      return give(out, 0u);
    default:
      return give(out, uint64_t{0});
  }
}

// The device address of host memory that is mapped: the same.
Answer give_device_pointer(const State& state, CUdeviceptr* address, void* host, unsigned flags) {
  const Pointer pointer = find_pointer(state, reinterpret_cast<uint64_t>(host));
  const bool is_pinned = pointer.allocation != nullptr && pointer.allocation->device < 0;
  if (address == nullptr || flags != 0 || !is_pinned) return CUDA_ERROR_INVALID_VALUE;
  *address = reinterpret_cast<CUdeviceptr>(host);
  return CUDA_SUCCESS;
}

}  // namespace

std::string describe_range(const State& state, uint64_t address, uint64_t bytes) {
  char range[64];
  std::snprintf(range, sizeof range, "0x%llx +%llu", static_cast<unsigned long long>(address),
                static_cast<unsigned long long>(bytes));
  const Allocation* near = state.memory.nearest(address);
  if (near == nullptr) return std::string(range) + " is in no allocation";
  const std::string name = "allocation " + std::to_string(near->id) + " (" + near->origin + ", " +
                           std::to_string(near->bytes) + " bytes)";
  const uint64_t offset = address - near->address;
  if (near->freed && offset < near->bytes)
    return std::string(range) + " is in " + name + ", which was freed";
  if (offset < near->bytes) {
    return std::string(range) + " begins " + std::to_string(offset) + " bytes into " + name;
  }
  return std::string(range) + " begins " + std::to_string(offset - near->bytes) +
         " bytes past the end of " + name;
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuMemGetInfo(size_t* free_bytes, size_t* total) {
  return context_call("cuMemGetInfo", [&](State& state, Context& context) -> Answer {
    const uint64_t all = state.settings->memory_bytes;
    if (total != nullptr) *total = all;
    const uint64_t used = std::min(all, state.memory.live_bytes(context.device));
    if (free_bytes != nullptr) *free_bytes = all - used;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuMemGetAddressRange(CUdeviceptr* base, size_t* bytes, CUdeviceptr address) {
  return context_call("cuMemGetAddressRange", [&](State& state, Context&) -> Answer {
    const Pointer pointer = find_pointer(state, address);
    if (pointer.allocation == nullptr) return CUDA_ERROR_NOT_FOUND;
    if (base != nullptr) *base = pointer.allocation->address;
    if (bytes != nullptr) *bytes = pointer.allocation->bytes;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuMemHostGetDevicePointer(CUdeviceptr* address, void* host, unsigned int flags) {
  return context_call("cuMemHostGetDevicePointer", [&](State& state, Context&) {
    return give_device_pointer(state, address, host, flags);
  });
}

CUresult CUDAAPI cuPointerGetAttribute(void* out, CUpointer_attribute attribute,
                                       CUdeviceptr address) {
  return driver_call("cuPointerGetAttribute", [&](State& state) -> Answer {
    const Pointer pointer = find_pointer(state, address);
    if (out == nullptr || pointer.allocation == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return pointer_attribute(state, pointer, address, attribute, out);
  });
}

CUresult CUDAAPI cuPointerGetAttributes(unsigned int count, CUpointer_attribute* attributes,
                                        void** out, CUdeviceptr address) {
  return driver_call("cuPointerGetAttributes", [&](State& state) -> Answer {
    if (attributes == nullptr || out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const Pointer pointer = find_pointer(state, address);
    for (unsigned i = 0; i < count; ++i) {
      if (out[i] == nullptr) return CUDA_ERROR_INVALID_VALUE;
      const Answer given = pointer.allocation != nullptr
                               ? pointer_attribute(state, pointer, address, attributes[i], out[i])
                               : no_attribute(attributes[i], out[i]);
      // Several attributes are asked of pointers that have not all of them.
      if (given.code == CUDA_ERROR_INVALID_VALUE) no_attribute(attributes[i], out[i]);
      if (given.code == CUDA_ERROR_NOT_SUPPORTED) return given;
    }
    return CUDA_SUCCESS;
  });
}
