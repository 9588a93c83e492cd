// What: texts that stand for specs, as a list of specs to work on.
// Threads: pure.
// Errors: kInvalidSpec, naming the place and the text, for what is no spec.
#pragma once

#include <string>
#include <vector>

#include "spec/spec.h"
#include "tools/cli/spec_file.h"

namespace fp4jit::cli {

// A spec that this version cannot compile, as one of a newer version: no fault of who lists it.
struct RefusedSpec {
  std::string text;
  Status status;
};

struct SpecList {
  std::vector<Spec> specs;  // each once, and each has a template
  std::vector<RefusedSpec> refused;
};

// The texts of every spec for each of the targets, whatever its own target is; with no targets each
// has its own.
Result<SpecList> parse_listed(const std::vector<ListedSpec>& listed,
                              const std::vector<Target>& targets);

// The same for texts from a command line, where a text with a target of its own takes no other, and
// a spec without a template is an error.
Result<std::vector<Spec>> parse_flags(const std::vector<std::string>& texts,
                                      const std::vector<Target>& targets);

}  // namespace fp4jit::cli
