#include "tests/ptxsim/ptx/registers.h"

#include "tests/ptxsim/ptx/types.h"

namespace ptxsim::ptx {
namespace {

bool declare_register(ParserState& state, Function& function, std::string name, uint32_t bits) {
  const auto index = static_cast<uint32_t>(function.registers.size());
  if (state.registers_left == 0) return state.cursor.fail("the module has too many registers");
  --state.registers_left;
  if (!state.scopes.declare(name, {Symbol::Kind::kRegister, index})) {
    return state.cursor.fail("register " + name + " is declared twice");
  }
  function.registers.push_back({std::move(name), bits});
  return true;
}

// "%r<3>" is %r0, %r1 and %r2.
bool parse_range(ParserState& state, Function& function, std::string_view prefix, uint32_t bits) {
  const std::optional<uint64_t> count = state.cursor.expect_unsigned("a number of registers");
  if (!count || !state.cursor.expect('>')) return false;
  if (*count > kMostRegisters) {
    return state.cursor.fail("more than " + std::to_string(kMostRegisters) + " registers");
  }
  for (uint64_t i = 0; i < *count; ++i) {
    if (!declare_register(state, function, std::string(prefix) + std::to_string(i), bits)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool parse_registers(ParserState& state, Function& function) {
  Cursor& cursor = state.cursor;
  const std::optional<Type> type = find_type(cursor.token().text);
  if (!type) return cursor.fail_expected("a type");
  cursor.take();
  do {
    const std::optional<std::string_view> name = cursor.expect_name("a register");
    if (!name) return false;
    if (!(cursor.take_if('<')
              ? parse_range(state, function, *name, type->bits)
              : declare_register(state, function, std::string(*name), type->bits))) {
      return false;
    }
  } while (cursor.take_if(','));
  return cursor.expect(';');
}

}  // namespace ptxsim::ptx
