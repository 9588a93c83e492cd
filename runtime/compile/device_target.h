// What: which target a device gets, as data.
// Threads: pure.
#pragma once

#include "base/status.h"
#include "spec/target.h"

namespace fp4jit {

// The machine-code target of a compute capability. A later one that is not in the map gets the
// integer path through compute_90 PTX (`*is_known` is false then, for one warning); an earlier one
// is kUnsupported.
Result<Target> target_for_device(int major, int minor, bool* is_known = nullptr);

}  // namespace fp4jit
