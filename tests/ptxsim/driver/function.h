// What: functions by their handle, or by that of the kernel that they are of.
// Threads: under the driver's lock.
#pragma once

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

// `handle` may be a CUkernel, as cuLaunchKernel takes one; then it is loaded into `context`.
Answer find_function(State& state, Context& context, CUfunction handle, CUfunction* found);

// How many blocks of `threads` a multiprocessor holds. Registers are not counted: PTX has as many
// as it likes.
int resident_blocks(const DeviceModel& device, const Kernel& kernel, int threads,
                    size_t dynamic_shared);

}  // namespace ptxsim
