#include "tests/ptxsim/ptx/operands.h"

#include "tests/ptxsim/ptx/literal.h"
#include "tests/ptxsim/ptx/special_registers.h"

namespace ptxsim::ptx {
namespace {

using Kind = Operand::Kind;

// "%tid.x" is a name and a word that follows it at once.
std::string_view take_dotted_name(Cursor& cursor) {
  const std::string_view name = cursor.take().text;
  const Token& next = cursor.token();
  if (next.kind != Token::Kind::kDotWord || next.text.data() != name.data() + name.size()) {
    return name;
  }
  return {name.data(), name.size() + cursor.take().text.size()};
}

bool use_branch_targets(ParserState& state, const std::vector<std::string_view>& labels,
                        Operand* operand) {
  operand->kind = Kind::kVector;
  for (const std::string_view label : labels) {
    if (!state.may_copy(label)) return false;
    Operand& element = operand->elements.emplace_back();
    element.kind = Kind::kLabel;
    element.name = label;
  }
  return true;
}

bool use_unknown_name(ParserState& state, std::string_view name, Operand* operand) {
  operand->name = name;
  if (is_special_register(name)) {
    operand->kind = Kind::kName;
    return true;
  }
  if (name.starts_with('%') || name.find('.') != std::string_view::npos) {
    return state.cursor.fail("register " + operand->name + " is not declared");
  }
  operand->kind = Kind::kLabel;
  return true;
}

bool parse_name(ParserState& state, const Body& body, Operand* operand) {
  const std::string_view name = take_dotted_name(state.cursor);
  if (name == "_") return true;  // a sink, which an operand is from the start
  const Symbol* symbol = state.scopes.find(name);
  if (symbol == nullptr) return use_unknown_name(state, name, operand);
  switch (symbol->kind) {
    case Symbol::Kind::kRegister:
      operand->kind = Kind::kRegister;
      operand->index = symbol->index;
      return true;
    case Symbol::Kind::kBodyVariable:
      operand->kind = Kind::kName;
      operand->name = body.function.variables[symbol->index].name;
      return true;
    case Symbol::Kind::kBranchTargets:
      return use_branch_targets(state, body.branch_targets[symbol->index], operand);
    case Symbol::Kind::kLabel:
      operand->kind = Kind::kLabel;
      break;
    default:
      operand->kind = Kind::kName;
      break;
  }
  operand->name = name;
  return true;
}

bool parse_number(Cursor& cursor, Operand* operand) {
  const bool minus = cursor.take_if('-');
  std::optional<Literal> literal;
  if (cursor.token().kind == Token::Kind::kNumber) literal = parse_literal(cursor.token().text);
  if (!literal) return cursor.fail_expected("a number");
  cursor.take();
  if (minus) literal = negated(*literal);
  operand->kind = Kind::kLiteral;
  operand->bits = literal->bits;
  operand->literal_bits = literal->float_bits;
  return true;
}

bool parse_negated(ParserState& state, const Body& body, Operand* operand) {
  state.cursor.take();
  if (state.cursor.token().kind != Token::Kind::kIdentifier) {
    return state.cursor.fail_expected("a predicate");
  }
  if (!parse_name(state, body, operand)) return false;
  if (operand->kind != Kind::kRegister || body.function.registers[operand->index].bits != 1) {
    return state.cursor.fail("what '!' stands before is no predicate");
  }
  operand->negated = true;
  return true;
}

bool parse_scalar(ParserState& state, const Body& body, Operand* operand) {
  const Cursor& cursor = state.cursor;
  if (cursor.token().kind == Token::Kind::kIdentifier) return parse_name(state, body, operand);
  if (cursor.token().kind == Token::Kind::kNumber || cursor.at('-')) {
    return parse_number(state.cursor, operand);
  }
  if (cursor.at('!')) return parse_negated(state, body, operand);
  return state.cursor.fail_expected("an operand");
}

bool parse_vector(ParserState& state, const Body& body, char closing, Operand* operand) {
  Cursor& cursor = state.cursor;
  cursor.take();
  operand->kind = Kind::kVector;
  if (closing == ')' && cursor.take_if(')')) return true;  // a call without arguments
  do {
    if (!parse_scalar(state, body, &operand->elements.emplace_back())) return false;
  } while (cursor.take_if(','));
  return cursor.expect(closing);
}

// No label may stand in an address, so that a name which would have to be one is unknown.
bool check_in_address(Cursor& cursor, const Operand& operand) {
  if (operand.kind == Kind::kLabel) return cursor.fail(operand.name + " is not declared");
  for (const Operand& element : operand.elements) {
    if (!check_in_address(cursor, element)) return false;
  }
  return true;
}

bool parse_address_base(ParserState& state, const Body& body, Operand* address) {
  const Token::Kind kind = state.cursor.token().kind;
  if (kind != Token::Kind::kIdentifier && kind != Token::Kind::kNumber) {
    return state.cursor.fail_expected("an address");
  }
  Operand base;
  if (!parse_scalar(state, body, &base) || !check_in_address(state.cursor, base)) return false;
  if (base.kind == Kind::kLiteral && base.literal_bits == 0) {
    address->bits = base.bits;
    return true;
  }
  if (base.kind != Kind::kRegister && base.kind != Kind::kName) {
    return state.cursor.fail("this is no address");
  }
  address->elements.push_back(std::move(base));
  return true;
}

// "[%rd1+16]", and "[%rd1, {%r1, %r2}]" of a tensor.
bool parse_address(ParserState& state, const Body& body, Operand* operand) {
  Cursor& cursor = state.cursor;
  cursor.take();
  operand->kind = Kind::kAddress;
  if (!parse_address_base(state, body, operand)) return false;
  const std::optional<uint64_t> offset = cursor.take_offset();
  if (!offset) return false;
  operand->bits += *offset;
  while (cursor.take_if(',')) {
    if (operand->elements.empty()) return cursor.fail("coordinates need an address before them");
    Operand& element = operand->elements.emplace_back();
    const bool vector = cursor.at('{');
    if (!(vector ? parse_vector(state, body, '}', &element)
                 : parse_scalar(state, body, &element)) ||
        !check_in_address(cursor, element)) {
      return false;
    }
  }
  return cursor.expect(']');
}

bool parse_pair(ParserState& state, const Body& body, Operand* operand) {
  state.cursor.take();
  Operand first = std::move(*operand);
  *operand = Operand();
  operand->kind = Kind::kPair;
  operand->elements.push_back(std::move(first));
  if (!parse_scalar(state, body, &operand->elements.emplace_back())) return false;
  for (const Operand& element : operand->elements) {
    if (element.kind != Kind::kSink && (element.kind != Kind::kRegister || element.negated)) {
      return state.cursor.fail("what stands beside '|' is no register");
    }
  }
  return true;
}

}  // namespace

bool parse_operand(ParserState& state, const Body& body, Operand* operand) {
  if (state.cursor.at('{')) return parse_vector(state, body, '}', operand);
  if (state.cursor.at('(')) return parse_vector(state, body, ')', operand);
  if (state.cursor.at('[')) return parse_address(state, body, operand);
  if (!parse_scalar(state, body, operand)) return false;
  return !state.cursor.at('|') || parse_pair(state, body, operand);
}

}  // namespace ptxsim::ptx
