// What: the specs that a command line asks for by their fields, and the targets that it names.
// Threads: pure, apart from "native", which opens the driver.
// Errors: kInvalidSpec for what is wrong with a value (a target that exists and cannot be used
// included); kNoDriver for "native" without one.
#pragma once

#include <string>
#include <vector>

#include "spec/spec.h"

namespace fp4jit::cli {

// Values as they were typed; specs are every combination of one of each. An empty list means what
// stands beside it here, else the spec's own default.
struct Axes {
  std::vector<std::string> op;  // quantize
  std::vector<std::string> format;
  std::vector<std::string> k;
  std::vector<std::string> k_out;
  std::vector<std::string> in;         // bf16
  std::vector<std::string> sf_layout;  // 128x4
  std::vector<std::string> scale;
  std::vector<std::string> numerics;
  std::vector<std::string> ue8m0;
  std::vector<std::string> grouping;
  std::vector<std::string> pdl;
};

// The combinations as spec texts without a target.
std::vector<std::string> axes_texts(const Axes& axes);

Result<std::vector<Spec>> expand_axes(const Axes& axes, const std::vector<Target>& targets);

// Target texts, "native" being those of this machine's GPUs. `driver` is the library to ask ("":
// the usual).
Result<std::vector<Target>> resolve_targets(const std::vector<std::string>& texts,
                                            const std::string& driver);

}  // namespace fp4jit::cli
