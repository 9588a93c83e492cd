// What: one operand of an instruction.
// Threads: one thread.
// Errors: false after Cursor::fail().
#pragma once

#include "tests/ptxsim/ptx/parser_state.h"

namespace ptxsim::ptx {

// A name that nothing declares yet comes back as a kLabel with its `name`, at the top or as an
// element of a vector.
bool parse_operand(ParserState& state, const Body& body, Operand* operand);

}  // namespace ptxsim::ptx
