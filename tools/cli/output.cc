#include "tools/cli/output.h"

#include <cstdio>

#include "base/format.h"

namespace fp4jit::cli {

std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print_json(const Json& json) {
  print_formatted(stdout, "{}", json_text(json));
}

void complain(const std::string& message) {
  std::fputs(formatted("fp4jit: {}\n", message).c_str(), stderr);
}

ExitCode refuse(const Status& status) {
  complain(status.message());
  return exit_code(status.code());
}

Log stderr_log(LogLevel level) {
  return {[](LogLevel message_level, const std::string& message) {
            complain(formatted("{}: {}", enum_name(message_level), message));
          },
          level};
}

}  // namespace fp4jit::cli
