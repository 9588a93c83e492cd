// What: declarations of variables and parameters.
// Threads: one thread.
// Errors: false after Cursor::fail().
#pragma once

#include <functional>

#include "tests/ptxsim/ptx/parser_state.h"

namespace ptxsim::ptx {

// Called with each variable before its initial value, which may name it. It may rename it.
using DeclareVariable = std::function<bool(Variable&)>;

// What follows the space, ";" included: ".align 4 .u32 a[2] = {1, 2}, b;". One that is `.extern`
// is not added, since it has no memory, unless it is shared memory of the launch's size.
bool parse_variables(ParserState& state, Space space, bool is_extern,
                     const DeclareVariable& declare, std::vector<Variable>* variables);

// "(.param .u64 .ptr .global .align 8 a, .param .align 8 .b8 b[56])"
bool parse_parameters(ParserState& state, std::vector<Variable>* parameters);

// ".attribute(.managed)", and others; they are skipped.
bool skip_attributes(Cursor& cursor);

}  // namespace ptxsim::ptx
