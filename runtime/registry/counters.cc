#include "registry/counters.h"

namespace fp4jit {
namespace {

using Counters = RuntimeCounters;

void add_hot_path(const CounterSources& sources, Counters* out) {
  out->find_misses = sources.find_misses;
  out->launch_misses = sources.launch_misses;
  out->sealed_misses = sources.sealed_misses;
  if (sources.threads == nullptr) return;
  out->hits = sources.threads->total(Count::kHit);
  out->launches = sources.threads->total(Count::kLaunch);
}

void add_misses(const MissPolicy& policy, Counters* out) {
  MissCounters misses = policy.counters();
  out->built_misses = misses.built;
  out->generic_misses = misses.generic;
  out->capture_misses = misses.in_capture;
  out->background_builds = misses.background.builds;
  out->background_failures = misses.background.failures;
}

void add_registry(const Registry& source, Counters* out) {
  RegistryCounters registry = source.counters();
  out->kernels = registry.kernels;
  out->loads = registry.loads;
  out->load_failures = registry.load_failures;
  out->waits = registry.waits;
  out->load_seconds = registry.load_seconds;
}

void add_artifacts(ArtifactCache& source, Counters* out) {
  ArtifactCacheCounters artifacts = source.counters();
  cache::StoreCounters store = source.store().counters();
  out->memory_hits = artifacts.memory_hits;
  out->store_hits = artifacts.store_hits;
  out->compiles = artifacts.compiles;
  out->compile_failures = artifacts.compile_failures;
  out->compile_seconds = artifacts.compile_seconds;
  out->too_new = artifacts.too_new;
  out->io_ops = store.io_ops;
  out->quarantined = store.quarantined;
  out->write_failures = store.write_failures;
}

}  // namespace

const std::vector<CounterRow>& counter_table() {
  static const std::vector<CounterRow> table = {
      {"look_ups", &Counters::look_ups, "of a spec: hits and misses"},
      {"hits", &Counters::hits, "look-ups that found a loaded kernel"},
      {"find_misses", &Counters::find_misses, "of fp4jit_find"},
      {"launch_misses", &Counters::launch_misses, "of fp4jit_launch_spec"},
      {"built_misses", &Counters::built_misses, "of a launch, which waited for a build"},
      {"generic_misses", &Counters::generic_misses, "of a launch, served by the run-time-K kernel"},
      {"capture_misses", &Counters::capture_misses, "of a launch, refused in a capture"},
      {"sealed_misses", &Counters::sealed_misses, "refused by the seal, in any call"},
      {"launches", &Counters::launches, "kernels put on a stream"},
      {"kernels", &Counters::kernels, "registered for look-ups"},
      {"loads", &Counters::loads, "kernels loaded on a device"},
      {"load_failures", &Counters::load_failures, "artifacts that the driver did not load"},
      {"waits", &Counters::waits, "of a thread for what another built"},
      {"memory_hits", &Counters::memory_hits, "artifacts found in memory"},
      {"store_hits", &Counters::store_hits, "artifacts found in the store"},
      {"compiles", &Counters::compiles, "artifacts made"},
      {"compile_failures", &Counters::compile_failures, "artifacts that could not be made"},
      {"background_builds", &Counters::background_builds, "kernels built off the call's thread"},
      {"background_failures", &Counters::background_failures, "of those, the ones that failed"},
      {"io_ops", &Counters::io_ops, "calls into the file system"},
      {"quarantined", &Counters::quarantined, "damaged records that were set aside"},
      {"write_failures", &Counters::write_failures, "records that could not be stored"},
      {"too_new", &Counters::too_new, "look-ups that passed over what the driver is too old for"},
      {"recorded", &Counters::recorded, "specs noted for the trace"},
      {"compile_seconds", &Counters::compile_seconds, "spent compiling, over all threads"},
      {"load_seconds", &Counters::load_seconds, "spent loading, over all threads"},
  };
  return table;
}

RuntimeCounters collect_counters(const CounterSources& sources) {
  Counters counters;
  add_hot_path(sources, &counters);
  if (sources.registry != nullptr) add_registry(*sources.registry, &counters);
  if (sources.misses != nullptr) add_misses(*sources.misses, &counters);
  if (sources.artifacts != nullptr) add_artifacts(*sources.artifacts, &counters);
  if (sources.recorder != nullptr) {
    counters.recorded = sources.recorder->recorded();
    counters.io_ops += sources.recorder->io_ops();
  }
  counters.look_ups = counters.hits + counters.find_misses + counters.launch_misses;
  return counters;
}

}  // namespace fp4jit
