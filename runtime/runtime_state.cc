#include "runtime_state.h"

namespace fp4jit {
namespace {

Result<LogLevel> log_level(const RuntimeSettings& settings, const Environment& environment) {
  if (settings.log_level) return *settings.log_level;
  return parse_log_level(environment.log);
}

}  // namespace

Result<std::unique_ptr<RuntimeState>> make_runtime_state(const RuntimeSettings& settings,
                                                         const Environment& environment) {
  FP4JIT_ASSIGN_OR_RETURN(LogLevel level, log_level(settings, environment));
  Log log{settings.log, level};
  auto state = std::make_unique<RuntimeState>();
  FP4JIT_ASSIGN_OR_RETURN(state->artifacts, open_artifact_cache(settings.cache, environment, log));
  std::string driver =
      settings.cuda_driver.empty() ? environment.cuda_driver : settings.cuda_driver;
  state->devices = std::make_shared<Devices>([driver] { return load_driver(driver); });
  state->registry =
      std::make_unique<Registry>(state->artifacts, state->devices, process_library_table(), log);
  return state;
}

}  // namespace fp4jit
