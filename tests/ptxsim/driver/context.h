// What: making and destroying contexts and all that lives in them.
// Threads: under the driver's lock.
#pragma once

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

void make_context(State& state, CUcontext handle, int device, unsigned flags, bool is_primary);
void destroy_context(State& state, Context& context);

}  // namespace ptxsim
