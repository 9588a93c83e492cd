// What: why a split leaves a module no width that a kernel can take, and what would.
// Threads: pure.
#pragma once

#include <string>

#include "tools/model/plan.h"

namespace fp4jit::model {

// `planned` has a format and no width; `tp` is what the user split by.
std::string explain_unaligned(const PlannedModule& planned, int64_t tp);

// Where nvfp4's width is an odd multiple of 16, which some GEMMs do not take; else "".
std::string explain_odd_width(const PlannedModule& planned);

}  // namespace fp4jit::model
