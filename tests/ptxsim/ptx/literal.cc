#include "tests/ptxsim/ptx/literal.h"

#include <bit>
#include <charconv>

namespace ptxsim::ptx {
namespace {

std::optional<uint64_t> digits(std::string_view text, int base) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Literal> bit_pattern(std::string_view hex, uint32_t bits) {
  const std::optional<uint64_t> value = digits(hex, 16);
  if (!value || hex.size() != bits / 4) return std::nullopt;
  return Literal{*value, bits};
}

std::optional<Literal> decimal_float(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Literal{std::bit_cast<uint64_t>(value), 64};
}

std::optional<Literal> integer(std::string_view text, int base) {
  if (text.ends_with('U')) text.remove_suffix(1);
  const std::optional<uint64_t> value = digits(text, base);
  if (!value) return std::nullopt;
  return Literal{*value, 0};
}

}  // namespace

std::optional<Literal> parse_literal(std::string_view text) {
  if (text.size() > 1 && text[0] == '0') {
    const std::string_view rest = text.substr(2);
    switch (text[1]) {
      case 'x':
      case 'X':
        return integer(rest, 16);
      case 'b':
      case 'B':
        return integer(rest, 2);
      case 'f':
      case 'F':
        return bit_pattern(rest, 32);
      case 'd':
      case 'D':
        return bit_pattern(rest, 64);
      default:
        break;
    }
  }
  if (text.find_first_of(".eE") != std::string_view::npos) return decimal_float(text);
  return integer(text, text.starts_with('0') ? 8 : 10);
}

Literal negated(const Literal& literal) {
  if (literal.float_bits == 0) return {0 - literal.bits, 0};
  return {literal.bits ^ uint64_t{1} << (literal.float_bits - 1), literal.float_bits};
}

}  // namespace ptxsim::ptx
