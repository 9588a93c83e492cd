#include "tests/ptxsim/ptx/parser_state.h"

namespace ptxsim::ptx {

bool ParserState::may_copy(std::string_view name) {
  const uint64_t bytes = name.size() + sizeof(Operand);
  if (bytes > copied_bytes_left) {
    return cursor.fail("the module has too many branch targets or calls by an alias");
  }
  copied_bytes_left -= bytes;
  return true;
}

}  // namespace ptxsim::ptx
