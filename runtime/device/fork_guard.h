// What: whether this process is a child of fork() whose parent had initialised the driver. CUDA
// does not survive a fork; such a child may compile but must not load or launch.
// Threads: both functions may be called from any thread; driver_lost_to_fork is one relaxed load.
#pragma once

#include "base/status.h"

namespace fp4jit {

// Call after the first successful cuInit.
void note_driver_initialised();

bool driver_lost_to_fork();

// kForked, with what still works and what to do.
Status forked_status();

}  // namespace fp4jit
