#include "runtime_state.h"

#include "base/fork_gate.h"

namespace fp4jit {
namespace {

Result<LogLevel> log_level(const RuntimeSettings& settings, const Environment& environment) {
  if (settings.log_level) return *settings.log_level;
  return parse_log_level(environment.log);
}

Result<OnMiss> on_miss(const RuntimeSettings& settings, const Environment& environment) {
  if (settings.on_miss) return *settings.on_miss;
  return parse_on_miss(environment.on_miss);
}

const std::string& set_or(const std::string& set, const std::string& otherwise) {
  return set.empty() ? otherwise : set;
}

}  // namespace

Result<std::unique_ptr<RuntimeState>> make_runtime_state(const RuntimeSettings& settings,
                                                         const Environment& environment) {
  FP4JIT_ASSIGN_OR_RETURN(LogLevel level, log_level(settings, environment));
  FP4JIT_ASSIGN_OR_RETURN(OnMiss policy, on_miss(settings, environment));
  Log log{settings.log, level};
  auto state = std::make_unique<RuntimeState>();
  FP4JIT_ASSIGN_OR_RETURN(state->artifacts, open_artifact_cache(settings.cache, environment, log));
  std::string driver = set_or(settings.cuda_driver, environment.cuda_driver);
  state->devices = std::make_shared<Devices>([driver] { return load_driver(driver); });
  state->recorder = std::make_shared<Recorder>(set_or(settings.record, environment.record),
                                               cache::real_file_system(), log);
  state->registry =
      std::make_shared<Registry>(state->artifacts, state->devices, process_library_table(), log,
                                 RegistryOptions{state->recorder, policy == OnMiss::kGeneric});
  state->misses =
      std::make_unique<MissPolicy>(state->registry, state->devices, state->recorder, policy);
  return state;
}

void RuntimeState::seal(Seal seal) {
  registry->seal(seal);
  misses->stop_background();
  SlowPath slow;
  recorder->flush();
}

RuntimeCounters RuntimeState::counters() const {
  return collect_counters({&counts, registry.get(), misses.get(), recorder.get(), artifacts.get(),
                           find_misses.load(std::memory_order_relaxed),
                           launch_misses.load(std::memory_order_relaxed),
                           sealed_misses.load(std::memory_order_relaxed)});
}

}  // namespace fp4jit
