// What: one instruction of a body: guard, mnemonic, operands.
// Threads: one thread.
// Errors: false after Cursor::fail().
#pragma once

#include "tests/ptxsim/ptx/parser_state.h"

namespace ptxsim::ptx {

// Of a statement that begins with its guard or, without one, with `opcode`, already taken.
bool parse_guarded_instruction(ParserState& state, Body& body);
bool parse_instruction(ParserState& state, Body& body, Token opcode);

}  // namespace ptxsim::ptx
