// What: what the program says: results to stdout, everything else to stderr.
// Threads: any.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/log.h"
#include "tools/cli/exit_codes.h"

namespace fp4jit::cli {

// Keys in the order in which they were put in.
using Json = nlohmann::ordered_json;

// Indented, with a newline at its end; bytes that are no UTF-8 are replaced.
std::string json_text(const Json& json);

void print_json(const Json& json);

// "fp4jit: MESSAGE" to stderr; where that takes nothing, there is nobody left to tell.
void complain(const std::string& message);

// Complains, and gives the exit code of the status.
ExitCode refuse(const Status& status);

// To stderr, one line a message.
Log stderr_log(LogLevel level);

}  // namespace fp4jit::cli
