// What: what is told of a model's plan: a table of its modules, its part of prewarm's JSON, and
// warnings.
// Threads: one.
#pragma once

#include "tools/cli/model_specs.h"
#include "tools/cli/output.h"

namespace fp4jit::cli {

// "model" of prewarm's JSON (docs/prewarm.md).
Json model_json(const ModelPlan& model);

// "unaligned" of prewarm's JSON (design §12's contract).
Json unaligned_json(const ModelPlan& model);

// The model, how it is split, where its quantisation was read; then a line for each operator.
void tell_model(const ModelPlan& model);

// A table with a line for each module: its width on one rank, its spec, and why.
void tell_modules(const ModelPlan& model);

// To stderr: unaligned modules, odd widths, fused operators without a template, guesses.
void tell_warnings(const ModelPlan& model);

}  // namespace fp4jit::cli
