// What: where the shared variables are that an entry can reach: those of its body, of the functions
// that it calls, and those of the module that either names, each once; unsized ones behind them.
// Threads: pure.
#pragma once

#include <cstdint>
#include <map>

#include "tests/ptxsim/ptx/module.h"

namespace ptxsim {

struct SharedLayout {
  std::map<const ptx::Variable*, uint64_t> offsets;
  uint64_t static_bytes = 0;
};

SharedLayout lay_out_shared(const ptx::Module& module, const ptx::Function& entry);

}  // namespace ptxsim
