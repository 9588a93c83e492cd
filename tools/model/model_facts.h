// What: a checkpoint as it was read: what it is made of, what is quantised, and how it is split.
// Threads: as Quantization.
// Errors: as plan.h.
#pragma once

#include "tools/model/config.h"
#include "tools/model/plan.h"
#include "tools/model/quantization.h"

namespace fp4jit::model {

struct ModelFacts {
  Checkpoint checkpoint;
  Quantization quantization;
  Architecture architecture;
  Parallel parallel;
  Dtype in = Dtype::kBf16;
};

// The metadata is judged before the architecture, and both before the split.
Result<ModelFacts> read_model(const PlanRequest& request);

}  // namespace fp4jit::model
