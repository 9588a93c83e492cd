// What: the attributes of cuLaunchKernelEx: what changes the launch, what is harmless to pass over,
// and what is not modelled.
// Threads: pure.
// Errors: INVALID_VALUE for attributes that are not given, NOT_SUPPORTED for one not modelled.
#pragma once

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

Answer read_launch_attributes(const DeviceModel& device, const CUlaunchConfig& config,
                              LaunchRequest* request);

}  // namespace ptxsim
