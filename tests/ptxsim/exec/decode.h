// What: an entry of a module to a Program: every mnemonic looked up in the table of instructions,
// every operand given a slot, calls replaced by the body of what they call.
// Threads: pure.
// Errors: CUDA_ERROR_INVALID_PTX with line and text: an opcode, modifier or operand that the table
// lacks, a call of what is not defined here, recursion.
#pragma once

#include <map>
#include <string>

#include "tests/ptxsim/base/result.h"
#include "tests/ptxsim/machine/program.h"
#include "tests/ptxsim/ptx/module.h"

namespace ptxsim {

// Where a name of module or function scope is: an address for global and const variables, an offset
// for the others.
struct Symbol {
  ptx::Space space;
  uint64_t address;
};
using Symbols = std::map<std::string, Symbol, std::less<>>;

// What space the variables of one kind take, and where each is.
class SpaceLayout {
 public:
  // Its offset.
  uint64_t add(const ptx::Variable& variable);
  uint64_t bytes() const { return bytes_; }

 private:
  uint64_t bytes_ = 0;
};

// `globals` are the module's variables in global and const memory.
Result<Program> decode(const ptx::Module& module, const ptx::Function& entry,
                       const Symbols& globals);

}  // namespace ptxsim
