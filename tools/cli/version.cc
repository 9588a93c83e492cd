#include <fmt/format.h>

#include <memory>

#include "tools/cli/output.h"
#include "tools/cli/verbs.h"

namespace fp4jit::cli {

void add_version(CLI::App& program, ExitCode* exit) {
  auto json = std::make_shared<bool>(false);
  CLI::App* verb = program.add_subcommand("version", "print the version");
  add_json_flag(verb, json.get());
  verb->footer("Examples:\n  fp4jit version\n  fp4jit version --json");
  verb->callback([json, exit] {
    *exit = ExitCode::kDone;
    if (*json) return print_json({{"version", FP4JIT_VERSION_TEXT}});
    fmt::print("fp4jit {}\n", FP4JIT_VERSION_TEXT);
  });
}

}  // namespace fp4jit::cli
