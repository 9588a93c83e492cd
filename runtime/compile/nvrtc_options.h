// What: the one table of NVRTC options.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "cache/record.h"
#include "spec/target.h"

namespace fp4jit {

// Changes when an option does that can change the compiled bytes. Part of every key.
inline constexpr int kOptionSet = 1;

// In order, for an NVRTC of `version`; options that it does not know yet are left out.
std::vector<std::string> nvrtc_options(Target target, const std::string& random_seed,
                                       const cache::Toolchain& version);

}  // namespace fp4jit
