#include "tests/ptxsim/ptx/body.h"

#include <algorithm>
#include <utility>

#include "tests/ptxsim/ptx/instructions.h"
#include "tests/ptxsim/ptx/registers.h"
#include "tests/ptxsim/ptx/variables.h"

namespace ptxsim::ptx {
namespace {

// The executor finds variables by name, so that a name which another scope, the parameters or the
// module have too gets a number.
bool declare_body_variable(ParserState& state, Body& body, Variable& variable) {
  const uint32_t number = ++body.variables_of_name[variable.name];
  const bool taken = number > 1 || state.scopes.find(variable.name) != nullptr;
  const auto index = static_cast<uint32_t>(body.function.variables.size());
  if (!state.scopes.declare(variable.name, {Symbol::Kind::kBodyVariable, index})) {
    return state.cursor.fail(variable.name + " is declared twice");
  }
  if (taken) variable.name += "#" + std::to_string(number);
  return true;
}

bool parse_body_variables(ParserState& state, Body& body, Space space) {
  const DeclareVariable declare = [&](Variable& variable) {
    return declare_body_variable(state, body, variable);
  };
  return parse_variables(state, space, false, declare, &body.function.variables);
}

bool parse_directive(ParserState& state, Body& body) {
  Cursor& cursor = state.cursor;
  if (cursor.take_if_word(".reg")) return parse_registers(state, body.function);
  if (cursor.take_if_word(".param")) return parse_body_variables(state, body, Space::kParam);
  if (cursor.take_if_word(".shared")) return parse_body_variables(state, body, Space::kShared);
  if (cursor.take_if_word(".local")) return parse_body_variables(state, body, Space::kLocal);
  if (cursor.at_word(".pragma")) return skip_pragma(cursor);
  return cursor.fail("unknown directive " + std::string(cursor.token().text) + " in a function");
}

bool declare(ParserState& state, std::string_view name, Symbol symbol) {
  if (state.scopes.declare(name, symbol)) return true;
  return state.cursor.fail(std::string(name) + " is declared twice");
}

// "$L_targets: .branchtargets $L_1, $L_2;"
bool parse_branch_targets(ParserState& state, Body& body, std::string_view name) {
  Cursor& cursor = state.cursor;
  const auto index = static_cast<uint32_t>(body.branch_targets.size());
  if (!declare(state, name, {Symbol::Kind::kBranchTargets, index})) return false;
  std::vector<std::string_view>& labels = body.branch_targets.emplace_back();
  do {
    const std::optional<std::string_view> label = cursor.expect_name("a label");
    if (!label) return false;
    labels.push_back(*label);
  } while (cursor.take_if(','));
  return cursor.expect(';');
}

// Which functions an indirect call may reach, and with what parameters, changes nothing here.
bool skip_prototype(ParserState& state, std::string_view name) {
  Cursor& cursor = state.cursor;
  if (!declare(state, name, {Symbol::Kind::kPrototype})) return false;
  while (!cursor.at(';')) {
    if (cursor.at_end() || cursor.at('}')) return cursor.fail_expected("';'");
    cursor.take();
  }
  cursor.take();
  return true;
}

bool parse_label(ParserState& state, Body& body, std::string_view name) {
  Cursor& cursor = state.cursor;
  if (cursor.take_if_word(".branchtargets")) return parse_branch_targets(state, body, name);
  if (cursor.take_if_word(".callprototype") || cursor.take_if_word(".calltargets")) {
    return skip_prototype(state, name);
  }
  const auto index = static_cast<uint32_t>(body.function.instructions.size());
  return declare(state, name, {Symbol::Kind::kLabel, index});
}

// Anything but braces.
bool parse_statement(ParserState& state, Body& body) {
  Cursor& cursor = state.cursor;
  if (cursor.take_if(';')) return true;
  if (cursor.at('@')) return parse_guarded_instruction(state, body);
  if (cursor.token().kind == Token::Kind::kDotWord) return parse_directive(state, body);
  if (cursor.token().kind == Token::Kind::kIdentifier) {
    const Token word = cursor.take();
    if (cursor.take_if(':')) return parse_label(state, body, word.text);
    return parse_instruction(state, body, word);
  }
  if (!cursor.at_end()) return cursor.fail_expected("an instruction");
  return cursor.fail("the text ends within function " + body.function.name);
}

bool check_labels(ParserState& state, Function& function) {
  const std::vector<LabelUse>& uses = state.scopes.unresolved();
  if (uses.empty()) return true;
  const LabelUse& first = *std::min_element(
      uses.begin(), uses.end(),
      [](const LabelUse& a, const LabelUse& b) { return a.instruction < b.instruction; });
  const Instruction& instruction = function.instructions[first.instruction];
  const std::string name = first.in(function.instructions).name;
  const bool branch = instruction.mnemonic.starts_with("bra");
  return state.cursor.fail_at(
      instruction.line,
      branch ? "there is no label " + name + " in this scope" : name + " is not declared",
      instruction.text);
}

}  // namespace

bool parse_body(ParserState& state, Function& function) {
  Body body{function, {}, {}};
  Cursor& cursor = state.cursor;
  const size_t around = state.scopes.depth();
  if (!cursor.expect('{')) return false;
  for (;;) {
    cursor.begin_statement();
    if (cursor.take_if('{')) {
      if (!state.scopes.open()) {
        return cursor.fail("braces are nested deeper than " + std::to_string(Scopes::kMostNested));
      }
    } else if (cursor.take_if('}')) {
      state.scopes.close(function.instructions);
      if (state.scopes.depth() < around) return check_labels(state, function);
    } else if (!parse_statement(state, body)) {
      return false;
    }
  }
}

bool skip_pragma(Cursor& cursor) {
  cursor.take();
  do {
    if (cursor.token().kind != Token::Kind::kString) return cursor.fail_expected("a string");
    cursor.take();
  } while (cursor.take_if(','));
  return cursor.expect(';');
}

}  // namespace ptxsim::ptx
