// What: the command that compiles a kernel ahead of time into the store that a process uses, to be
// pasted into a shell: what errors tell their reader to do.
// Threads: pure.
#pragma once

#include <string>

#include "cache/record.h"
#include "spec/spec.h"

namespace fp4jit {

// `store_root` may be empty: the shell's own default. A spec without a target asks for that of the
// machine's GPU.
std::string prewarm_command(const Spec& spec, const std::string& store_root, cache::Kind kind);

}  // namespace fp4jit
