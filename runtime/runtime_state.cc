#include "runtime_state.h"

#include <fmt/format.h>

#include "cache/location.h"
#include "compile/artifact_kind.h"
#include "compile/nvrtc.h"

namespace fp4jit {
namespace {

Result<LogLevel> log_level(const RuntimeSettings& settings, const Environment& environment) {
  if (settings.log_level) return *settings.log_level;
  if (environment.log.empty()) return LogLevel::kWarn;
  if (auto level = enum_parse<LogLevel>(environment.log)) return *level;
  return Status(StatusCode::kInvalidArgument,
                fmt::format("FP4JIT_LOG must be one of {}; it is '{}'", enum_names<LogLevel>(),
                            environment.log));
}

const std::string& first_set(const std::string& configured, const std::string& environment) {
  return configured.empty() ? environment : configured;
}

}  // namespace

Result<std::unique_ptr<RuntimeState>> make_runtime_state(const RuntimeSettings& settings,
                                                         const Environment& environment) {
  FP4JIT_ASSIGN_OR_RETURN(cache::Kind from_environment, parse_artifact_kind(environment.artifact));
  FP4JIT_ASSIGN_OR_RETURN(LogLevel level, log_level(settings, environment));
  Log log{settings.log, level};
  cache::Location location = cache::store_location(settings.cache_dir, environment);
  auto store = std::make_shared<cache::ObjectStore>(location.root, location.why,
                                                    cache::real_file_system(), log);
  auto compiler = make_nvrtc_compiler(
      {first_set(settings.nvrtc, environment.nvrtc), environment.cuda_home}, log);
  std::string driver = first_set(settings.cuda_driver, environment.cuda_driver);
  auto state = std::make_unique<RuntimeState>();
  state->artifacts = std::make_shared<ArtifactCache>(
      store, compiler, settings.artifact.value_or(from_environment), log);
  state->devices = std::make_shared<Devices>([driver] { return load_driver(driver); });
  state->registry =
      std::make_unique<Registry>(state->artifacts, state->devices, process_library_table(), log);
  return state;
}

}  // namespace fp4jit
