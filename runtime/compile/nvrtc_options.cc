#include "compile/nvrtc_options.h"

namespace fp4jit {
namespace {

struct OptionRow {
  std::string text;
  cache::Toolchain since;
};

}  // namespace

std::vector<std::string> nvrtc_options(Target target, const std::string& random_seed,
                                       const cache::Toolchain& version) {
  const OptionRow rows[] = {
      {"-arch=" + target_text(target), {12, 0}},
      {"-std=c++17", {12, 0}},
      {"--minimal", {12, 8}},            // no built-in declarations that the templates do without
      {"--no-source-include", {12, 0}},  // the working folder must not change a kernel
      {"--no-cache", {12, 9}},           // one cache is enough
      // Else the process's stack limit changes while it compiles.
      {"--modify-stack-limit=false", {12, 0}},
      // Names of internal symbols: equal input, equal bytes.
      {"--frandom-seed=" + random_seed, {12, 0}},
  };
  std::vector<std::string> options;
  for (const OptionRow& row : rows) {
    if (version >= row.since) options.push_back(row.text);
  }
  return options;
}

}  // namespace fp4jit
