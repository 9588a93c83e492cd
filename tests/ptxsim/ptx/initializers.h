// What: initial values of variables: "= 5", "= {{1, 2}, {3}}", "= {generic(name)+8}".
// Threads: one thread.
// Errors: false after Cursor::fail().
#pragma once

#include "tests/ptxsim/ptx/parser_state.h"
#include "tests/ptxsim/ptx/types.h"

namespace ptxsim::ptx {

// ".v2 .f32 name[3]"
struct Shape {
  Type type = {};
  uint32_t lanes = 1;
  std::vector<uint64_t> dimensions;  // 0 at the front of "[]"

  uint64_t item_bytes() const { return uint64_t{type.bits} / 8 * lanes; }
};

// From "=" on. Gives an array of unsaid size its size.
bool parse_initializer(ParserState& state, const Shape& shape, Variable* variable);

}  // namespace ptxsim::ptx
