// What: prewarm's work list worked through: its shard, what an earlier run left over, or nothing
// but a plan.
// Threads: one; run_prewarm has its own.
#pragma once

#include "tools/cli/prewarm_report.h"
#include "tools/cli/shard.h"
#include "tools/cli/work_list.h"

namespace fp4jit::cli {

struct WorkRules {
  Shard shard;
  bool dry_run = false;
  bool resume = false;  // leave out what the store has
  int jobs = 0;
};

// Takes out of the work what another shard does.
void keep_shard(const Shard& shard, Work* work);

// `told` hears of each spec as it is done.
PrewarmRun work_through(const Work& work, const WorkRules& rules, ArtifactCache& artifacts,
                        const std::atomic<bool>* cancelled,
                        const std::function<void(const SpecResult&)>& told);

}  // namespace fp4jit::cli
