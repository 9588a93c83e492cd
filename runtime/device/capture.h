// What: whether work on a stream would become part of a CUDA graph: asked on a miss alone, before
// anything that a capture forbids.
// Threads: any. Safe under every capture: it is the one query that never breaks one.
#pragma once

#include "device/driver.h"

namespace fp4jit {

// Also true of a capture that was invalidated, of one that another thread runs, and of the legacy
// default stream while a capture forbids its use. False where the driver cannot say, as for the
// default stream of a thread that has no context.
bool is_capturing(const DriverApi& api, CUstream stream);

}  // namespace fp4jit
