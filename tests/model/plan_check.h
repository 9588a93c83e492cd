// What: whether what came of a checkpoint is a plan that makes sense or a refusal that names
// what is wrong.
// Threads: one.
#pragma once

#include "checkpoint_folder.h"
#include "config_mutator.h"

namespace fp4jit::model {

// Plans the checkpoint from a folder; true where there is a plan. A failed check shows the files.
bool check_plan(const CheckpointFolder& folder, const CheckpointFiles& files,
                const PlanRequest& request);

}  // namespace fp4jit::model
