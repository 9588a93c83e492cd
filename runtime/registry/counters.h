// What: the counters of a runtime by name, as fp4jit_stats, `fp4jit stats` and the documentation
// give them: one table.
// Threads: collect_counters takes no lock that a slow path holds for long. Each counter is exact;
// they are read one after another.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/thread_counts.h"
#include "registry/miss_policy.h"

namespace fp4jit {

struct RuntimeCounters {
  uint64_t look_ups = 0, hits = 0, find_misses = 0;
  uint64_t launch_misses = 0, built_misses = 0, generic_misses = 0, capture_misses = 0,
           sealed_misses = 0;
  uint64_t launches = 0;
  uint64_t kernels = 0, loads = 0, load_failures = 0, waits = 0;
  uint64_t memory_hits = 0, store_hits = 0, compiles = 0, compile_failures = 0;
  uint64_t background_builds = 0, background_failures = 0;
  uint64_t io_ops = 0, quarantined = 0, write_failures = 0, too_new = 0;
  uint64_t recorded = 0;
  double compile_seconds = 0, load_seconds = 0;
};

struct CounterRow {
  std::string_view name;
  std::variant<uint64_t RuntimeCounters::*, double RuntimeCounters::*> field;
  std::string_view meaning;
};

const std::vector<CounterRow>& counter_table();

// What counts in a runtime. Null: not there, and its counters are 0.
struct CounterSources {
  const ThreadCounts* threads = nullptr;
  const Registry* registry = nullptr;
  const MissPolicy* misses = nullptr;
  const Recorder* recorder = nullptr;
  ArtifactCache* artifacts = nullptr;
  uint64_t find_misses = 0;
  uint64_t launch_misses = 0;
  uint64_t sealed_misses = 0;
};

RuntimeCounters collect_counters(const CounterSources& sources);

}  // namespace fp4jit
