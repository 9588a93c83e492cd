// What: PTXSIM_STATS: one line of JSON for each device that launched anything, appended to a file
// when the process ends.
// Threads: under the driver's lock.
#pragma once

#include <string>

#include "tests/ptxsim/exec/engine.h"

namespace ptxsim {

void add_statistics(Statistics* sum, const Statistics& more);
std::string statistics_line(int device, const Statistics& statistics);

void write_statistics_at_exit();

}  // namespace ptxsim
