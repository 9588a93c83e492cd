// What: the least target that has an instruction, where that is above sm_80 (PTX ISA, "Target ISA
// Notes"): a kernel with code for another target is refused, as a real driver refuses it.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

namespace ptxsim::isa {

// "sm_100a" for what a module of `target` may not have; empty for what it may.
std::string missing_target(std::string_view mnemonic, std::string_view target);

}  // namespace ptxsim::isa
