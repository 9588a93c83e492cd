// What: what a program hands over to be loaded: PTX text is parsed and tried, everything else is
// refused with the driver's code.
// Threads: under the driver's lock.
// Errors: INVALID_VALUE for no image, INVALID_IMAGE for what is none, NO_BINARY_FOR_GPU for machine
// code and for PTX of a target that none of `devices` is, INVALID_PTX and UNSUPPORTED_PTX_VERSION
// as the parser and the loader say.
#pragma once

#include <vector>

#include "tests/ptxsim/base/result.h"
#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

Result<std::shared_ptr<const Image>> read_image(State& state, const void* image);

// NO_BINARY_FOR_GPU, naming both, where the image's target does not run on the device.
Answer check_target(const Image& image, const DeviceModel& device);

}  // namespace ptxsim
