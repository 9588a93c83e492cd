// What: the flags that name specs one by one (--spec, --from-trace, --manifest, --target) and the
// specs that they name.
// Threads: one; a warning about a file goes to stderr.
// Errors: kInvalidSpec and kInvalidArgument, naming the flag's value or the place in the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/cli/spec_list.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace fp4jit::cli {

struct NamedSpecs {
  std::vector<std::string> specs;
  std::optional<std::string> trace;
  std::optional<std::string> manifest;
  std::vector<std::string> targets;

  bool any() const { return !specs.empty() || trace || manifest; }
};

struct NamedSpecFlags {
  std::vector<CLI::Option*> sources;  // those that name specs; each excludes the others
  CLI::Option* targets = nullptr;
};

NamedSpecFlags add_named_specs(CLI::App* verb, NamedSpecs* named);

// A flag whose values stand in one text, with commas.
CLI::Option* add_list(CLI::App* verb, const char* flag, std::vector<std::string>* values,
                      const std::string& help);

// `targets` are those of --target, resolved.
Result<SpecList> read_named_specs(const NamedSpecs& named, const std::vector<Target>& targets);

}  // namespace fp4jit::cli
