#include "base/log.h"

namespace fp4jit {

Result<LogLevel> parse_log_level(std::string_view name) {
  if (name.empty()) return LogLevel::kWarn;
  if (auto level = enum_parse<LogLevel>(name)) return *level;
  return Status(StatusCode::kInvalidArgument, "FP4JIT_LOG must be one of " +
                                                  enum_names<LogLevel>() + "; it is '" +
                                                  std::string(name) + "'");
}

}  // namespace fp4jit
