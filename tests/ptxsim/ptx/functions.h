// What: kernels and functions, declared or defined.
// Threads: one thread.
// Errors: false after Cursor::fail().
#pragma once

#include "tests/ptxsim/ptx/parser_state.h"

namespace ptxsim::ptx {

// What follows ".entry" or ".func". One without a body is declared and adds nothing.
bool parse_function(ParserState& state, bool is_entry);

// What follows ".alias": "name, function;". Calls of the name become calls of the function when
// the module is complete.
bool parse_alias(ParserState& state);
bool apply_aliases(ParserState& state);

}  // namespace ptxsim::ptx
