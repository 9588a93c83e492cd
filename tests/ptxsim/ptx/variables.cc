#include "tests/ptxsim/ptx/variables.h"

#include <bit>

#include "tests/ptxsim/ptx/initializers.h"

namespace ptxsim::ptx {
namespace {

constexpr uint64_t kMostAlignment = uint64_t{1} << 16;
constexpr uint64_t kMostVariableBytes = uint64_t{1} << 40;
constexpr size_t kMostDimensions = 16;

bool parse_alignment(Cursor& cursor, uint32_t* alignment) {
  const std::optional<uint64_t> bytes = cursor.expect_unsigned("an alignment");
  if (!bytes) return false;
  if (!std::has_single_bit(*bytes) || *bytes > kMostAlignment) {
    return cursor.fail("alignment " + std::to_string(*bytes) + " is no power of two up to 65536");
  }
  *alignment = static_cast<uint32_t>(*bytes);
  return true;
}

uint32_t find_lanes(std::string_view word) {
  if (word == ".v2") return 2;
  if (word == ".v4") return 4;
  return word == ".v8" ? 8 : 0;
}

// ".align 4 .v2 .f32", in any order, the type last. The alignment is 0 where none is said.
bool parse_type(Cursor& cursor, Shape* shape, uint32_t* alignment) {
  for (;;) {
    if (cursor.at_word(".attribute")) {
      if (!skip_attributes(cursor)) return false;
    } else if (cursor.take_if_word(".align")) {
      if (!parse_alignment(cursor, alignment)) return false;
    } else if (const uint32_t lanes = find_lanes(cursor.token().text)) {
      cursor.take();
      shape->lanes = lanes;
    } else {
      const std::optional<Type> type = find_type(cursor.token().text);
      if (!type || type->bits == 1) return cursor.fail_expected("a type");
      cursor.take();
      shape->type = *type;
      return true;
    }
  }
}

bool parse_dimensions(Cursor& cursor, Shape* shape) {
  while (cursor.take_if('[')) {
    if (shape->dimensions.size() == kMostDimensions) {
      return cursor.fail("an array has at most " + std::to_string(kMostDimensions) + " dimensions");
    }
    if (shape->dimensions.empty() && cursor.take_if(']')) {
      shape->dimensions.push_back(0);
      continue;
    }
    const std::optional<uint64_t> size = cursor.expect_unsigned("an array's size");
    if (!size || !cursor.expect(']')) return false;
    if (*size == 0) return cursor.fail("an array of size 0");
    shape->dimensions.push_back(*size);
  }
  return true;
}

// 0 for an array of unsaid size; nothing where it, or a row of it, is too large to be counted.
std::optional<uint64_t> bytes_of(const Shape& shape) {
  uint64_t bytes = shape.item_bytes();
  for (const uint64_t size : shape.dimensions) {
    if (size > kMostVariableBytes || bytes * size > kMostVariableBytes) return std::nullopt;
    if (size != 0) bytes *= size;
  }
  const bool unsized = !shape.dimensions.empty() && shape.dimensions[0] == 0;
  return unsized ? 0 : bytes;
}

// The name and its "[2][3]".
bool parse_declarator(Cursor& cursor, Shape* shape, Variable* variable) {
  const std::optional<std::string_view> name = cursor.expect_name("a name");
  if (!name) return false;
  variable->name = *name;
  variable->line = cursor.statement_line();
  shape->dimensions.clear();
  if (!parse_dimensions(cursor, shape)) return false;
  const std::optional<uint64_t> bytes = bytes_of(*shape);
  if (!bytes) return cursor.fail("variable " + variable->name + " is too large");
  variable->bytes = *bytes;
  if (variable->alignment == 0) variable->alignment = static_cast<uint32_t>(shape->item_bytes());
  return true;
}

bool parse_one_variable(ParserState& state, bool is_extern, const DeclareVariable& declare,
                        Shape* shape, Variable* variable) {
  Cursor& cursor = state.cursor;
  if (!parse_declarator(cursor, shape, variable) || !declare(*variable)) return false;
  if (cursor.at('=')) {
    const bool may = variable->space == Space::kGlobal || variable->space == Space::kConst;
    if (!may || is_extern) return cursor.fail(variable->name + " cannot have an initial value");
    if (!parse_initializer(state, *shape, variable)) return false;
  }
  if (variable->bytes != 0 || is_extern) return true;
  return cursor.fail("variable " + variable->name + " has no size");
}

// ".ptr .global .align 8" tells of what a pointer points at, which changes nothing here.
bool skip_pointee(Cursor& cursor) {
  if (!cursor.take_if_word(".ptr")) return true;
  for (const char* space : {".global", ".const", ".shared", ".local", ".param"}) {
    if (cursor.take_if_word(space)) break;
  }
  uint32_t alignment = 0;
  return !cursor.take_if_word(".align") || parse_alignment(cursor, &alignment);
}

bool parse_parameter(Cursor& cursor, Variable* parameter) {
  if (cursor.at_word(".reg")) return cursor.fail("parameters in registers are not supported");
  if (!cursor.take_if_word(".param")) return cursor.fail_expected(".param");
  Shape shape;
  parameter->space = Space::kParam;
  parameter->alignment = 0;
  if (!parse_type(cursor, &shape, &parameter->alignment) || !skip_pointee(cursor) ||
      !parse_declarator(cursor, &shape, parameter)) {
    return false;
  }
  return parameter->bytes != 0 || cursor.fail("parameter " + parameter->name + " has no size");
}

}  // namespace

bool parse_variables(ParserState& state, Space space, bool is_extern,
                     const DeclareVariable& declare, std::vector<Variable>* variables) {
  Shape shape;
  uint32_t alignment = 0;
  if (!parse_type(state.cursor, &shape, &alignment)) return false;
  do {
    Variable variable;
    variable.space = space;
    variable.alignment = alignment;
    if (!parse_one_variable(state, is_extern, declare, &shape, &variable)) return false;
    if (!is_extern || space == Space::kShared) variables->push_back(std::move(variable));
  } while (state.cursor.take_if(','));
  return state.cursor.expect(';');
}

bool parse_parameters(ParserState& state, std::vector<Variable>* parameters) {
  if (!state.cursor.expect('(')) return false;
  if (state.cursor.take_if(')')) return true;
  do {
    if (!parse_parameter(state.cursor, &parameters->emplace_back())) return false;
  } while (state.cursor.take_if(','));
  return state.cursor.expect(')');
}

bool skip_attributes(Cursor& cursor) {
  while (cursor.take_if_word(".attribute")) {
    if (!cursor.expect('(')) return false;
    for (int open = 1; open != 0;) {
      if (cursor.at_end() || cursor.at(';')) return cursor.fail_expected("')'");
      const Token token = cursor.take();
      open += token.text == "(";
      open -= token.text == ")";
    }
  }
  return true;
}

}  // namespace ptxsim::ptx
