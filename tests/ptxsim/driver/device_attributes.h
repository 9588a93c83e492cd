// What: the values of cuDeviceGetAttribute.
// Threads: pure.
#pragma once

#include <cuda.h>

#include <optional>

#include "tests/ptxsim/driver/device_model.h"

namespace ptxsim {

// Nothing for a number that cuda.h does not have; 0 for a feature that is not modelled.
std::optional<int> device_attribute(CUdevice_attribute attribute, const DeviceModel& model,
                                    CUdevice device);

// No two devices are in one slot.
inline int pci_bus(CUdevice device) {
  return device + 1;
}

}  // namespace ptxsim
