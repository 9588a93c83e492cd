// What: each module of a model with the format that its checkpoint gives it, layer by layer, and
// its width on one rank.
// Threads: as Quantization.
#pragma once

#include "tools/model/plan.h"
#include "tools/model/quantization.h"

namespace fp4jit::model {

// In the order of the architecture's modules; one that has several formats, or none in some layers,
// comes once for each.
std::vector<PlannedModule> plan_modules(const Architecture& architecture,
                                        const Quantization& quantization, const Parallel& parallel,
                                        const PlanRequest& request);

// One module of one layer, for `explain`.
PlannedModule plan_module(const Module& module, int64_t layer, int64_t expert,
                          const Quantization& quantization, const Parallel& parallel,
                          const PlanRequest& request);

}  // namespace fp4jit::model
