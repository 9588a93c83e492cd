// Integer arithmetic against arithmetic of 128 bits, in which nothing overflows.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/evaluate.h"

namespace ptxsim {
namespace {

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 WideBits;

struct Type {
  uint32_t bits;
  bool is_signed;
};

Type type_of(const std::string& text) {
  return {static_cast<uint32_t>(std::stoi(text.substr(1))), text[0] == 's'};
}

// The number that the bits stand for.
Wide number(uint64_t bits, Type type) {
  const bool negative = type.is_signed && (bits >> (type.bits - 1) & 1) != 0;
  return static_cast<Wide>(bits) - (negative ? static_cast<Wide>(1) << type.bits : 0);
}

// Exact but for 2^128: the product of two unsigned numbers of 64 bits takes all of them.
Wide product(Wide a, Wide b) {
  return static_cast<Wide>(static_cast<WideBits>(a) * static_cast<WideBits>(b));
}
// The upper half of a product, which is the same in either sign where it is cut off.
Wide upper(Wide value, uint32_t bits) {
  return static_cast<Wide>(static_cast<WideBits>(value) >> bits);
}
Wide magnitude(Wide a) {
  return a < 0 ? -a : a;
}
// Rounded towards zero.
Wide quotient(Wide a, Wide b) {
  const Wide size = magnitude(a) / magnitude(b);
  return (a < 0) != (b < 0) ? -size : size;
}

using Numbers = std::vector<Wide>;
using Operation = Wide (*)(const Numbers& n, uint32_t bits);

const std::map<std::string, Operation>& operations() {
  static const std::map<std::string, Operation> table = {
      {"add", [](const Numbers& n, uint32_t) { return n[0] + n[1]; }},
      {"sub", [](const Numbers& n, uint32_t) { return n[0] - n[1]; }},
      {"neg", [](const Numbers& n, uint32_t) { return -n[0]; }},
      {"abs", [](const Numbers& n, uint32_t) { return magnitude(n[0]); }},
      {"min", [](const Numbers& n, uint32_t) { return n[0] < n[1] ? n[0] : n[1]; }},
      {"max", [](const Numbers& n, uint32_t) { return n[0] > n[1] ? n[0] : n[1]; }},
      {"sad", [](const Numbers& n, uint32_t) { return magnitude(n[0] - n[1]) + n[2]; }},
      {"mul.lo", [](const Numbers& n, uint32_t) { return product(n[0], n[1]); }},
      {"mul.hi", [](const Numbers& n, uint32_t bits) { return upper(product(n[0], n[1]), bits); }},
      {"mul.wide", [](const Numbers& n, uint32_t) { return product(n[0], n[1]); }},
      {"mad.lo", [](const Numbers& n, uint32_t) { return product(n[0], n[1]) + n[2]; }},
      {"mad.hi",
       [](const Numbers& n, uint32_t bits) { return upper(product(n[0], n[1]), bits) + n[2]; }},
      {"mad.wide", [](const Numbers& n, uint32_t) { return product(n[0], n[1]) + n[2]; }},
      {"div", [](const Numbers& n, uint32_t) { return quotient(n[0], n[1]); }},
      {"rem", [](const Numbers& n, uint32_t) { return n[0] - quotient(n[0], n[1]) * n[1]; }},
  };
  return table;
}

Wide saturated(Wide value, Type type) {
  const Wide most = (static_cast<Wide>(1) << (type.bits - 1)) - 1;
  return std::clamp(value, -most - 1, most);
}

// "mul.hi.s32" means operation "mul.hi" on s32; ".sat" is looked for by itself.
Oracle integer_oracle(const isa::Row& row) {
  std::vector<std::string> parts = parts_of(row.mnemonic);
  const Type type = type_of(parts.back());
  const bool saturates = parts.size() == 3 && parts[1] == "sat";
  const bool is_two_words = parts.size() == 3 && !saturates;
  const auto found = operations().find(is_two_words ? parts[0] + "." + parts[1] : parts[0]);
  if (found == operations().end() || (saturates && !type.is_signed)) return {};
  const bool divides = parts[0] == "div" || parts[0] == "rem";
  const bool wide = is_two_words && parts[1] == "wide";
  return [=, operation =
                 found->second](const std::vector<uint64_t>& operands) -> std::optional<Expected> {
    Numbers numbers;
    for (size_t i = 0; i < operands.size(); ++i) {
      const uint32_t bits = wide && i == 2 ? 2 * type.bits : type.bits;
      numbers.push_back(number(operands[i], {bits, type.is_signed}));
    }
    // What a division by zero gives is left to the machine.
    if (divides && numbers[1] == 0) return std::nullopt;
    Wide result = operation(numbers, type.bits);
    if (saturates) result = saturated(result, type);
    return Expected{static_cast<uint64_t>(result)};
  };
}

TEST(Integer, EveryRow) {
  check_rows(isa::integer_rows(), integer_oracle);
}

// By hand, so that the oracle cannot be wrong together with the rows.
TEST(Integer, KnownResults) {
  EXPECT_EQ(evaluate_one("mul.hi.s32", {0xFFFFFFFF, 0xFFFFFFFF}), 0u);
  EXPECT_EQ(evaluate_one("mul.hi.u32", {0xFFFFFFFF, 0xFFFFFFFF}), 0xFFFFFFFEu);
  EXPECT_EQ(evaluate_one("mul.wide.s16", {0x8000, 2}), 0xFFFF0000u);
  EXPECT_EQ(evaluate_one("mul.wide.u16", {0x8000, 2}), 0x00010000u);
  EXPECT_EQ(evaluate_one("min.s64", {~uint64_t{0}, 1}), ~uint64_t{0});
  EXPECT_EQ(evaluate_one("min.u64", {~uint64_t{0}, 1}), 1u);
  EXPECT_EQ(evaluate_one("rem.s32", {static_cast<uint32_t>(-7), 3}), static_cast<uint32_t>(-1));
  EXPECT_EQ(evaluate_one("div.s32", {static_cast<uint32_t>(-7), 3}), static_cast<uint32_t>(-2));
  EXPECT_EQ(evaluate_one("div.s32", {0x80000000, 0xFFFFFFFF}), 0x80000000u);
  EXPECT_EQ(evaluate_one("add.sat.s32", {0x7FFFFFFF, 1}), 0x7FFFFFFFu);
  EXPECT_EQ(evaluate_one("sub.sat.s32", {0x80000000, 1}), 0x80000000u);
  EXPECT_EQ(evaluate_one("abs.s16", {0x8000}), 0x8000u);
}

// A division by zero gives something, and goes on.
TEST(Integer, DivisionByZeroEnds) {
  for (const char* mnemonic : {"div.u16", "div.s32", "div.u64", "rem.s16", "rem.u32", "rem.s64"}) {
    EXPECT_EQ(evaluate(mnemonic, {{5, 0}}).first.size(), 1u) << mnemonic;
  }
}

}  // namespace
}  // namespace ptxsim
