// What: where messages go. The library prints nothing; a Log with no function drops everything.
// Threads: write may be called from any thread at once; the function behind it must allow that.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/enum_table.h"
#include "base/status.h"

namespace fp4jit {

enum class LogLevel : uint8_t { kError, kWarn, kInfo, kDebug };

struct LogLevelRow {
  LogLevel value;
  std::string_view name;
};

template <>
inline constexpr LogLevelRow kEnumTable<LogLevel>[] = {
    {LogLevel::kError, "error"},
    {LogLevel::kWarn, "warn"},
    {LogLevel::kInfo, "info"},
    {LogLevel::kDebug, "debug"},
};
static_assert(enum_table_ordered<LogLevel>());

// The value of FP4JIT_LOG; "" is warn. kInvalidArgument names the variable.
Result<LogLevel> parse_log_level(std::string_view name);

struct Log {
  std::function<void(LogLevel, const std::string&)> function;
  LogLevel level = LogLevel::kWarn;

  void write(LogLevel message_level, const std::string& message) const {
    if (function && message_level <= level) function(message_level, message);
  }
};

}  // namespace fp4jit
