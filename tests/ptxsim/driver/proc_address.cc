// cuGetProcAddress, and what answers for entries that are not modelled.
#include <cuda.h>

#include <cstring>

#include "tests/ptxsim/driver/call.h"
#include "tests/ptxsim/driver/entry_table.h"
#include "tests/ptxsim/driver/profiler.h"

namespace ptxsim {
namespace {

struct Found {
  Address address = nullptr;
  CUdriverProcAddressQueryResult status = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
};

// The newest signature that `version` knows.
Found find_entry(const char* name, int version, bool per_thread) {
  Found found;
  for (const EntryPoint& entry : entry_points()) {
    if (std::strcmp(entry.name, name) != 0) continue;
    if (entry.version > version) {
      if (found.address == nullptr) found.status = CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT;
      continue;
    }
    found.address = per_thread && entry.per_thread != nullptr ? entry.per_thread : entry.address;
    found.status = CU_GET_PROC_ADDRESS_SUCCESS;
  }
  return found;
}

Answer give_address(const char* name, void** address, int version, cuuint64_t flags,
                    CUdriverProcAddressQueryResult* status) {
  constexpr cuuint64_t kBoth =
      CU_GET_PROC_ADDRESS_LEGACY_STREAM | CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
  if (name == nullptr || address == nullptr || (flags & ~kBoth) != 0 || flags == kBoth) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (version > CUDA_VERSION) return CUDA_ERROR_INVALID_VALUE;
  const Found found =
      find_entry(name, version, flags == CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
  *address = reinterpret_cast<void*>(found.address);
  if (status != nullptr) *status = found.status;
  return CUDA_SUCCESS;
}

}  // namespace

int not_modelled(const char* name) {
  return plain_call(name, [&]() -> Answer {
    const bool is_first = driver_state().not_modelled.insert(name).second;
    return {CUDA_ERROR_NOT_SUPPORTED, is_first ? "not modelled" : ""};
  });
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuGetProcAddress(const char* name, void** address, int version, cuuint64_t flags,
                                  CUdriverProcAddressQueryResult* status) {
  return plain_call("cuGetProcAddress",
                    [&] { return give_address(name, address, version, flags, status); });
}

CUresult CUDAAPI cuProfilerStart() {
  return context_call("cuProfilerStart", [](State&, Context&) { return CUDA_SUCCESS; });
}

CUresult CUDAAPI cuProfilerStop() {
  return context_call("cuProfilerStop", [](State&, Context&) { return CUDA_SUCCESS; });
}
