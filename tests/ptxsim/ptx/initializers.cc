#include "tests/ptxsim/ptx/initializers.h"

#include <bit>

#include "tests/ptxsim/ptx/literal.h"

namespace ptxsim::ptx {
namespace {

// The variable being filled. Its dimensions from the outermost to the innermost: how many items
// each has, and how many bytes an item of it.
struct Filling {
  struct Dimension {
    uint64_t items, item_bytes;
  };
  ParserState& state;
  Variable& variable;
  Type type;
  std::vector<Dimension> dimensions;

  uint64_t value_bytes() const { return type.bits / 8; }
};

std::vector<Filling::Dimension> dimensions_of(const Shape& shape) {
  std::vector<uint64_t> items = shape.dimensions;
  if (shape.lanes > 1) items.push_back(shape.lanes);
  std::vector<Filling::Dimension> dimensions(items.size());
  uint64_t bytes = shape.type.bits / 8;
  for (size_t i = items.size(); i-- > 0; bytes *= items[i]) dimensions[i] = {items[i], bytes};
  return dimensions;
}

// Makes the initial value this long, within what the module may have.
bool grow(ParserState& state, Variable& variable, uint64_t bytes) {
  if (bytes > state.initial_bytes_left) {
    return state.cursor.fail("the module has more than 64 MiB of initial values");
  }
  if (variable.initial.size() < bytes) variable.initial.resize(bytes);
  return true;
}

bool put(Filling& filling, uint64_t at, uint64_t bits) {
  if (!grow(filling.state, filling.variable, at + filling.value_bytes())) return false;
  for (uint64_t i = 0; i < filling.value_bytes(); ++i) {
    filling.variable.initial[at + i] = static_cast<uint8_t>(bits >> 8 * i);
  }
  return true;
}

// What the variable's type makes of a literal; nothing where that would be a guess.
std::optional<uint64_t> converted(Type type, const Literal& literal) {
  if (type.bits > 64) return std::nullopt;
  if (literal.float_bits == type.bits) return literal.bits;
  if (literal.float_bits == 64 && type.is_float && type.bits == 32) {
    return std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(literal.bits)));
  }
  if (literal.float_bits == 32 && type.is_float && type.bits == 64) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(literal.bits));
    return std::bit_cast<uint64_t>(static_cast<double>(value));
  }
  if (literal.float_bits != 0 || (type.is_float && literal.bits != 0)) return std::nullopt;
  const int64_t beyond = static_cast<int64_t>(literal.bits) >> (type.bits - 1);
  const bool fits = type.bits == 64 || beyond == 0 || beyond == -1 || beyond == 1;
  return fits ? std::optional(literal.bits) : std::nullopt;
}

bool fill_number(Filling& filling, uint64_t at) {
  Cursor& cursor = filling.state.cursor;
  const bool minus = cursor.take_if('-');
  std::optional<Literal> literal;
  if (cursor.token().kind == Token::Kind::kNumber) literal = parse_literal(cursor.token().text);
  if (!literal) return cursor.fail_expected("an initial value");
  if (minus) literal = negated(*literal);
  const std::optional<uint64_t> bits = converted(filling.type, *literal);
  if (!bits) return cursor.fail("the initial value does not fit its type");
  cursor.take();
  return put(filling, at, *bits);
}

// "name+8", "generic(name)+8", "generic(name+8)": all addresses are generic here.
bool fill_address(Filling& filling, uint64_t at) {
  Cursor& cursor = filling.state.cursor;
  std::optional<std::string_view> name = cursor.expect_name("a variable");
  if (!name) return false;
  const bool generic = *name == "generic" && cursor.take_if('(');
  if (generic) name = cursor.expect_name("a variable");
  if (!name) return false;
  const Symbol* symbol = filling.state.scopes.find(*name);
  if (symbol == nullptr) return cursor.fail(std::string(*name) + " is not declared");
  if (filling.type.bits != 64) return cursor.fail("an address needs 64 bits");
  const std::optional<uint64_t> inner = cursor.take_offset();
  if (!inner || (generic && !cursor.expect(')'))) return false;
  const std::optional<uint64_t> outer = generic ? cursor.take_offset() : 0;
  if (!outer) return false;
  filling.variable.references.push_back({at, std::string(*name), *inner + *outer});
  return put(filling, at, 0);
}

bool fill_value(Filling& filling, uint64_t at) {
  const bool named = filling.state.cursor.token().kind == Token::Kind::kIdentifier;
  return named ? fill_address(filling, at) : fill_number(filling, at);
}

// The items of one pair of braces, the first at `begin`; `end` is where the last one ends.
// Recursion ends with the dimensions, of which there are few.
bool fill_list(Filling& filling, size_t depth, uint64_t begin, uint64_t* end) {
  Cursor& cursor = filling.state.cursor;
  if (depth == filling.dimensions.size()) return cursor.fail_expected("an initial value");
  cursor.take();
  const auto [items, item_bytes] = filling.dimensions[depth];
  const uint64_t limit = items == 0 ? UINT64_MAX : begin + items * item_bytes;
  *end = begin;
  if (cursor.take_if('}')) return true;
  do {
    const bool nested = cursor.at('{');
    if (nested && (*end - begin) % item_bytes != 0) return cursor.fail_expected("a number");
    if (*end >= limit) return cursor.fail("there are more initial values than elements");
    uint64_t nested_end = 0;
    if (!(nested ? fill_list(filling, depth + 1, *end, &nested_end) : fill_value(filling, *end))) {
      return false;
    }
    *end += nested ? item_bytes : filling.value_bytes();
  } while (cursor.take_if(','));
  return cursor.expect('}');
}

}  // namespace

bool parse_initializer(ParserState& state, const Shape& shape, Variable* variable) {
  Filling filling{state, *variable, shape.type, dimensions_of(shape)};
  state.cursor.take();
  if (state.cursor.at('{')) {
    uint64_t end = 0;
    if (!fill_list(filling, 0, 0, &end)) return false;
    if (variable->bytes == 0) {
      const uint64_t row = filling.dimensions[0].item_bytes;
      variable->bytes = (end + row - 1) / row * row;
    }
  } else if (!filling.dimensions.empty()) {
    return state.cursor.fail_expected("'{'");
  } else if (!fill_value(filling, 0)) {
    return false;
  }
  if (!grow(state, *variable, variable->bytes)) return false;
  state.initial_bytes_left -= variable->bytes;
  return true;
}

}  // namespace ptxsim::ptx
