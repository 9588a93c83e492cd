#include "tests/ptxsim/ptx/instructions.h"

#include <utility>

#include "tests/ptxsim/ptx/operands.h"

namespace ptxsim::ptx {
namespace {

constexpr size_t kUsualOperands = 3;

// "@%p1", "@!%p1"
bool parse_guard(ParserState& state, const Body& body, Instruction* instruction) {
  Cursor& cursor = state.cursor;
  cursor.take();
  instruction->guarded = true;
  instruction->guard_negated = cursor.take_if('!');
  const std::optional<std::string_view> name = cursor.expect_name("a predicate");
  if (!name) return false;
  const Symbol* symbol = state.scopes.find(*name);
  if (symbol == nullptr) {
    return cursor.fail("register " + std::string(*name) + " is not declared");
  }
  if (symbol->kind != Symbol::Kind::kRegister || body.function.registers[symbol->index].bits != 1) {
    return cursor.fail("guard " + std::string(*name) + " is no predicate");
  }
  instruction->guard = symbol->index;
  return true;
}

void use_labels(Scopes& scopes, uint32_t number, const std::vector<Operand>& operands) {
  for (uint32_t i = 0; i < operands.size(); ++i) {
    if (operands[i].kind == Operand::Kind::kLabel) {
      scopes.use_label({number, i, LabelUse::kWhole});
    }
    if (operands[i].kind != Operand::Kind::kVector) continue;
    for (uint32_t k = 0; k < operands[i].elements.size(); ++k) {
      if (operands[i].elements[k].kind == Operand::Kind::kLabel) scopes.use_label({number, i, k});
    }
  }
}

bool parse_operands(ParserState& state, const Body& body, std::vector<Operand>* operands) {
  if (state.cursor.at(';')) return true;
  operands->reserve(kUsualOperands);
  do {
    if (!parse_operand(state, body, &operands->emplace_back())) return false;
  } while (state.cursor.take_if(','));
  return true;
}

// After the guard.
bool parse_rest(ParserState& state, Body& body, Token opcode, Instruction instruction) {
  Cursor& cursor = state.cursor;
  if (opcode.text.find_first_of("%$_") == 0) {
    return cursor.fail("'" + std::string(opcode.text) + "' is no opcode");
  }
  instruction.line = cursor.statement_line();
  instruction.mnemonic = opcode.text;
  while (cursor.token().kind == Token::Kind::kDotWord) instruction.mnemonic += cursor.take().text;
  if (!parse_operands(state, body, &instruction.operands)) return false;
  instruction.text = cursor.statement_text();
  if (!cursor.at(';')) return cursor.fail_expected("',' or ';'");
  cursor.take();
  std::vector<Instruction>& instructions = body.function.instructions;
  use_labels(state.scopes, static_cast<uint32_t>(instructions.size()), instruction.operands);
  instructions.push_back(std::move(instruction));
  return true;
}

}  // namespace

bool parse_guarded_instruction(ParserState& state, Body& body) {
  Instruction instruction;
  if (!parse_guard(state, body, &instruction)) return false;
  if (state.cursor.token().kind != Token::Kind::kIdentifier) {
    return state.cursor.fail_expected("an opcode");
  }
  const Token opcode = state.cursor.take();
  return parse_rest(state, body, opcode, std::move(instruction));
}

bool parse_instruction(ParserState& state, Body& body, Token opcode) {
  return parse_rest(state, body, opcode, {});
}

}  // namespace ptxsim::ptx
