
#include <memory>

#include "base/format.h"
#include "tools/cli/output.h"
#include "tools/cli/verbs.h"

namespace fp4jit::cli {

void add_version(CLI::App& program, ExitCode* exit) {
  auto json = std::make_shared<bool>(false);
  CLI::App* verb = add_verb(program, "version", "print the version",
                            "Examples:\n  fp4jit version\n  fp4jit version --json");
  add_json_flag(verb, json.get());
  set_action(verb, [json, exit] {
    *exit = ExitCode::kDone;
    if (*json) return print_json({{"version", FP4JIT_VERSION_TEXT}});
    print_formatted(stdout, "fp4jit {}\n", FP4JIT_VERSION_TEXT);
  });
}

}  // namespace fp4jit::cli
