// What: modifiers of memory instructions that change no result here: cache hints, and orders and
// scopes, since accesses are done one after another as the program has them.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

namespace ptxsim::isa {

// The mnemonic without them; empty where one does not belong to the opcode or stands twice.
std::string without_hints(std::string_view mnemonic);

}  // namespace ptxsim::isa
