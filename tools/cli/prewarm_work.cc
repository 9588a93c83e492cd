#include "tools/cli/prewarm_work.h"

#include <utility>

#include "tools/cli/heap.h"

namespace fp4jit::cli {
namespace {

template <class Entry>
void keep(const Shard& shard, std::vector<Entry>* entries) {
  std::vector<Entry> kept;
  for (size_t place = 0; place < entries->size(); ++place) {
    if (shard.has(place)) kept.push_back(std::move((*entries)[place]));
  }
  *entries = std::move(kept);
}

std::vector<Spec> left_over(const std::vector<Spec>& specs, ArtifactCache& artifacts) {
  std::vector<Spec> rest;
  for (const Spec& spec : specs) {
    if (!artifacts.find(spec)) rest.push_back(spec);
    artifacts.forget(spec);
  }
  return rest;
}

}  // namespace

void keep_shard(const Shard& shard, Work* work) {
  keep(shard, &work->list.specs);
  keep(shard, &work->list.refused);
}

PrewarmRun work_through(const Work& work, const WorkRules& rules, ArtifactCache& artifacts,
                        const std::atomic<bool>* cancelled,
                        const std::function<void(const SpecResult&)>& told) {
  PrewarmRun run;
  const std::vector<Spec>& specs = work.list.specs;
  std::vector<Spec> wanted = rules.resume ? left_over(specs, artifacts) : specs;
  if (rules.dry_run) {
    run = dry_run(wanted);
    for (const SpecResult& result : run.results) told(result);
  } else {
    keep_freed_memory(rules.jobs);
    run = run_prewarm(artifacts, wanted, rules.jobs, cancelled, told);
  }
  run.resumed = specs.size() - wanted.size();
  for (const RefusedSpec& refused : work.list.refused) {
    SpecResult failed;
    failed.spec = refused.text;
    failed.outcome = Outcome::kFailed;
    failed.status = refused.status;
    told(failed);
    run.results.push_back(std::move(failed));
  }
  return run;
}

}  // namespace fp4jit::cli
