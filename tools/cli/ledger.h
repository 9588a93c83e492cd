// What: --report: what a prewarm did and how long each part took, as JSON.
// Threads: pure.
#pragma once

#include "tools/cli/prewarm_report.h"

namespace fp4jit::cli {

// Seconds of threads, where several worked at once; `plan_seconds` is the reading of the model or
// of the lists.
Json ledger_json(const PrewarmRun& run, double plan_seconds, const std::string& store);

}  // namespace fp4jit::cli
