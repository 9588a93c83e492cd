// What: what stands between a function's braces.
// Threads: one thread.
// Errors: false after Cursor::fail().
#pragma once

#include "tests/ptxsim/ptx/parser_state.h"

namespace ptxsim::ptx {

// From "{" to the "}" that answers it. The innermost scope has the parameters; it is closed.
bool parse_body(ParserState& state, Function& function);

// `.pragma "nounroll";`
bool skip_pragma(Cursor& cursor);

}  // namespace ptxsim::ptx
