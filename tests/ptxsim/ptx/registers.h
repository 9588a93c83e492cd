// What: declarations of registers: ".reg .b32 %r<136>, a;".
// Threads: one thread.
// Errors: false after Cursor::fail().
#pragma once

#include "tests/ptxsim/ptx/parser_state.h"

namespace ptxsim::ptx {

// What follows ".reg", ";" included.
bool parse_registers(ParserState& state, Function& function);

}  // namespace ptxsim::ptx
