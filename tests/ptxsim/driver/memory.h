// What: memory as the entry points see it: copies between any two places, and words for a range
// that is not one allocation's.
// Threads: under the driver's lock.
#pragma once

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

// Between device memory, pinned memory and the host's, told apart by their addresses.
Answer copy(const State& state, const CopyOperation& operation);

// "0x… +16 is not in one allocation of the device: …"
std::string describe_range(const State& state, uint64_t address, uint64_t bytes);

}  // namespace ptxsim
