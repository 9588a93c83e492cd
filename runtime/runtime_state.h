// What: one runtime of the C API, wired together: store, compiler, artifact cache, devices,
// registry, and what becomes of misses.
// Threads: immutable once made; its parts say what they allow.
// Errors: make_runtime_state gives kInvalidArgument for a setting that has no meaning, naming it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/environment.h"
#include "base/log.h"
#include "base/thread_counts.h"
#include "compile/open_cache.h"
#include "registry/counters.h"
#include "registry/miss_policy.h"
#include "registry/registry.h"

namespace fp4jit {

// What the caller set; "" and nullopt leave it to the environment.
struct RuntimeSettings {
  CacheSettings cache;
  std::string cuda_driver;
  std::string record;
  std::optional<OnMiss> on_miss;
  std::optional<LogLevel> log_level;
  std::function<void(LogLevel, const std::string&)> log;
};

struct RuntimeState {
  std::shared_ptr<ArtifactCache> artifacts;
  std::shared_ptr<Devices> devices;
  std::shared_ptr<Recorder> recorder;
  std::shared_ptr<Registry> registry;
  std::unique_ptr<MissPolicy> misses;
  ThreadCounts counts;
  std::atomic<uint64_t> find_misses{0}, launch_misses{0}, sealed_misses{0};

  // Drops what is queued in the background and waits for what is under way there.
  void seal(Seal seal);

  RuntimeCounters counters() const;
};

// Touches the disk to look at the store's root; opens neither driver nor compiler.
Result<std::unique_ptr<RuntimeState>> make_runtime_state(const RuntimeSettings& settings,
                                                         const Environment& environment);

}  // namespace fp4jit
