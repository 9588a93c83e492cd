#include "tests/ptxsim/ptx/functions.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/ptxsim/ptx/body.h"
#include "tests/ptxsim/ptx/variables.h"

namespace ptxsim::ptx {
namespace {

using Numbers = std::array<uint32_t, 3>;

// "256", "16, 16, 1": up to `most` numbers; the ones not said are 1.
bool parse_numbers(Cursor& cursor, size_t most, Numbers* numbers) {
  *numbers = {1, 1, 1};
  for (size_t i = 0; i < most; ++i) {
    const std::optional<uint64_t> number = cursor.expect_unsigned("a number");
    if (!number) return false;
    if (*number == 0 || *number > UINT32_MAX) return cursor.fail("a number is out of range");
    (*numbers)[i] = static_cast<uint32_t>(*number);
    if (i + 1 == most || !cursor.take_if(',')) break;
  }
  return true;
}

bool set_max_threads(Cursor& cursor, const Numbers& numbers, Function* function) {
  uint64_t product = 1;
  for (const uint32_t number : numbers) {
    if (product * number > UINT32_MAX) return cursor.fail("a number is out of range");
    product *= number;
  }
  function->max_threads = static_cast<uint32_t>(product);
  return true;
}

// How many numbers follow a directive of which nothing else is to be known; -1 for any other.
int numbers_of(std::string_view directive) {
  static constexpr std::pair<std::string_view, int> kDirectives[] = {
      {".minnctapersm", 1},
      {".maxnctapersm", 1},
      {".maxnreg", 1},
      {".noreturn", 0},
      {".maxclusterrank", 1},
      {".abi_preserve", 1},
      {".abi_preserve_control", 1},
  };
  for (const auto& [name, count] : kDirectives) {
    if (name == directive) return count;
  }
  return -1;
}

bool parse_header_directive(Cursor& cursor, Function* function) {
  Numbers numbers;
  if (cursor.at_word(".pragma")) return skip_pragma(cursor);
  if (cursor.take_if_word(".maxntid")) {
    return parse_numbers(cursor, 3, &numbers) && set_max_threads(cursor, numbers, function);
  }
  if (cursor.take_if_word(".reqntid")) {
    if (!parse_numbers(cursor, 3, &numbers)) return false;
    std::copy(numbers.begin(), numbers.end(), function->required_threads);
    return true;
  }
  const int count = numbers_of(cursor.token().text);
  if (count < 0) {
    return cursor.fail("unknown directive " + std::string(cursor.token().text) + " of a function");
  }
  cursor.take();
  return count == 0 || parse_numbers(cursor, static_cast<size_t>(count), &numbers);
}

bool parse_header_directives(Cursor& cursor, Function* function) {
  while (cursor.token().kind == Token::Kind::kDotWord) {
    if (!parse_header_directive(cursor, function)) return false;
  }
  return true;
}

// "(.param .b32 result) name (.param .b64 a) .noreturn"
bool parse_header(ParserState& state, Function* function) {
  Cursor& cursor = state.cursor;
  if (!skip_attributes(cursor)) return false;
  if (!function->is_entry && cursor.at('(') && !parse_parameters(state, &function->results)) {
    return false;
  }
  const std::optional<std::string_view> name = cursor.expect_name("a function's name");
  if (!name) return false;
  function->name = *name;
  return parse_header_directives(cursor, function) &&
         (!cursor.at('(') || parse_parameters(state, &function->parameters)) &&
         parse_header_directives(cursor, function);
}

bool declare_function(ParserState& state, const std::string& name, bool defined) {
  const Symbol* known = state.scopes.find(name);
  if (known == nullptr) return state.scopes.declare(name, {Symbol::Kind::kFunction, defined});
  if (known->kind != Symbol::Kind::kFunction || (defined && known->index != 0)) {
    return state.cursor.fail(name + " is declared twice");
  }
  if (defined) state.scopes.find(name)->index = 1;
  return true;
}

bool open_function(ParserState& state, const Function& function) {
  state.scopes.open();
  for (const auto* variables : {&function.results, &function.parameters}) {
    for (const Variable& variable : *variables) {
      if (!state.scopes.declare(variable.name, {Symbol::Kind::kVariable})) {
        return state.cursor.fail(variable.name + " is declared twice");
      }
    }
  }
  return true;
}

bool rename(ParserState& state, std::string* name) {
  const auto alias = state.aliases.find(*name);
  if (alias == state.aliases.end()) return true;
  if (!state.may_copy(alias->second)) return false;
  *name = alias->second;
  return true;
}

bool rename_calls(ParserState& state, Function& function) {
  for (Instruction& instruction : function.instructions) {
    for (Operand& operand : instruction.operands) {
      if (operand.kind == Operand::Kind::kName && !rename(state, &operand.name)) return false;
    }
  }
  return true;
}

}  // namespace

bool parse_function(ParserState& state, bool is_entry) {
  Function function;
  function.is_entry = is_entry;
  function.line = state.cursor.statement_line();
  if (!parse_header(state, &function)) return false;
  if (state.cursor.at(';')) {
    return declare_function(state, function.name, false) && state.cursor.expect(';');
  }
  if (!declare_function(state, function.name, true) || !open_function(state, function) ||
      !parse_body(state, function)) {
    return false;
  }
  state.module.functions.push_back(std::move(function));
  return true;
}

bool parse_alias(ParserState& state) {
  std::string names[2];
  for (std::string& name : names) {
    const std::optional<std::string_view> found = state.cursor.expect_name("a function's name");
    if (!found) return false;
    name = *found;
    const Symbol* symbol = state.scopes.find(name);
    if (symbol == nullptr || symbol->kind != Symbol::Kind::kFunction) {
      return state.cursor.fail("function " + name + " is not declared");
    }
    if (&name == names && !state.cursor.expect(',')) return false;
  }
  if (!rename(state, &names[1]) || !declare_function(state, names[0], true)) return false;
  state.aliases[names[0]] = names[1];
  return state.cursor.expect(';');
}

bool apply_aliases(ParserState& state) {
  if (state.aliases.empty()) return true;
  for (Function& function : state.module.functions) {
    if (!rename_calls(state, function)) return false;
  }
  for (Variable& variable : state.module.variables) {
    for (Variable::Reference& reference : variable.references) {
      if (!rename(state, &reference.name)) return false;
    }
  }
  return true;
}

}  // namespace ptxsim::ptx
