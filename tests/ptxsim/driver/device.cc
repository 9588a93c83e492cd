// cuInit and what the devices are.
#include <unistd.h>

#include <cstring>

#include "tests/ptxsim/driver/call.h"
#include "tests/ptxsim/driver/device_attributes.h"
#include "tests/ptxsim/driver/statistics.h"

namespace ptxsim {
namespace {

Answer initialise(State& state, unsigned flags) {
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
  if (!state.settings.ok()) return state.settings.error();
  if (state.owner == 0) {
    state.owner = ::getpid();
    write_statistics_at_exit();
  }
  return CUDA_SUCCESS;
}

CUresult device_call(const char* entry, CUdevice device,
                     const std::function<Answer(State&, const Device&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    if (device < 0 || static_cast<size_t>(device) >= state.devices.size()) {
      return CUDA_ERROR_INVALID_DEVICE;
    }
    return body(state, state.devices[static_cast<size_t>(device)]);
  });
}

std::string pci_bus_id(CUdevice device) {
  char text[16];
  std::snprintf(text, sizeof text, "0000:%02X:00.0", pci_bus(device));
  return text;
}

// Cut to `length` bytes with a closing NUL.
Answer give_text(const std::string& text, char* out, int length) {
  if (out == nullptr || length <= 0) return CUDA_ERROR_INVALID_VALUE;
  const size_t kept = std::min(text.size(), static_cast<size_t>(length) - 1);
  std::memcpy(out, text.data(), kept);
  out[kept] = '\0';
  return CUDA_SUCCESS;
}

}  // namespace
}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuInit(unsigned int flags) {
  State& state = driver_state();
  const pid_t owner = state.owner;
  if (owner != 0 && owner != ::getpid()) return CUDA_ERROR_NOT_INITIALIZED;
  return plain_call("cuInit", [&] { return initialise(state, flags); });
}

CUresult CUDAAPI cuDriverGetVersion(int* version) {
  return plain_call("cuDriverGetVersion", [&]() -> Answer {
    if (version == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *version = 13050;  // whose NVRTC makes the newest PTX that the parser reads
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuDeviceGetCount(int* count) {
  return driver_call("cuDeviceGetCount", [&](State& state) -> Answer {
    if (count == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *count = static_cast<int>(state.devices.size());
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuDeviceGet(CUdevice* device, int ordinal) {
  return device_call("cuDeviceGet", ordinal, [&](State&, const Device&) -> Answer {
    if (device == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *device = ordinal;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuDeviceGetName(char* name, int length, CUdevice device) {
  return device_call("cuDeviceGetName", device, [&](State&, const Device& found) {
    return give_text("ptxsim " + found.model.name, name, length);
  });
}

CUresult CUDAAPI cuDeviceGetUuid(CUuuid* uuid, CUdevice device) {
  return device_call("cuDeviceGetUuid", device, [&](State&, const Device& found) -> Answer {
    if (uuid == nullptr) return CUDA_ERROR_INVALID_VALUE;
    std::memset(uuid->bytes, 0, sizeof uuid->bytes);
    std::memcpy(uuid->bytes, "ptxsim", 6);
    uuid->bytes[14] = static_cast<char>(found.model.capability);
    uuid->bytes[15] = static_cast<char>(device);
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuDeviceTotalMem(size_t* bytes, CUdevice device) {
  return device_call("cuDeviceTotalMem", device, [&](State& state, const Device&) -> Answer {
    if (bytes == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *bytes = state.settings->memory_bytes;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice device) {
  return device_call("cuDeviceGetAttribute", device, [&](State&, const Device& found) -> Answer {
    const auto known = device_attribute(attribute, found.model, device);
    if (value == nullptr || !known) return CUDA_ERROR_INVALID_VALUE;
    *value = *known;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
  return device_call("cuDeviceComputeCapability", device,
                     [&](State&, const Device& found) -> Answer {
                       if (major == nullptr || minor == nullptr) return CUDA_ERROR_INVALID_VALUE;
                       *major = found.model.capability / 10;
                       *minor = found.model.capability % 10;
                       return CUDA_SUCCESS;
                     });
}

CUresult CUDAAPI cuDeviceGetPCIBusId(char* text, int length, CUdevice device) {
  return device_call("cuDeviceGetPCIBusId", device, [&](State&, const Device&) {
    return give_text(pci_bus_id(device), text, length);
  });
}

CUresult CUDAAPI cuDeviceGetByPCIBusId(CUdevice* device, const char* text) {
  return driver_call("cuDeviceGetByPCIBusId", [&](State& state) -> Answer {
    if (device == nullptr || text == nullptr) return CUDA_ERROR_INVALID_VALUE;
    for (int ordinal = 0; ordinal < static_cast<int>(state.devices.size()); ++ordinal) {
      if (pci_bus_id(ordinal) != text) continue;
      *device = ordinal;
      return CUDA_SUCCESS;
    }
    return CUDA_ERROR_INVALID_DEVICE;
  });
}
