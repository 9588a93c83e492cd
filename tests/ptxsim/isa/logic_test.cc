// Bits, one at a time, as the manual's loops have them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/evaluate.h"

namespace ptxsim {
namespace {

using Values = std::vector<uint64_t>;

bool bit(uint64_t value, uint64_t position) {
  return (value >> position & 1) != 0;
}

// The value whose i-th bit is `chosen(i)`.
template <class Choose>
uint64_t bits_by(uint32_t width, Choose chosen) {
  uint64_t result = 0;
  for (uint32_t i = 0; i < width; ++i) result |= uint64_t{chosen(i)} << i;
  return result;
}

struct Type {
  char kind;  // 'b', 'u' or 's'
  uint32_t bits;
};

// Operations of which each bit is made of the operands' bits at its place.
using BitOperation = bool (*)(bool a, bool b);
const std::map<std::string, BitOperation>& bit_operations() {
  static const std::map<std::string, BitOperation> table = {
      {"and", [](bool a, bool b) { return a ? b : false; }},
      {"or", [](bool a, bool b) { return a ? true : b; }},
      {"xor", [](bool a, bool b) { return a ? !b : b; }},
      {"not", [](bool a, bool) { return !a; }},
  };
  return table;
}

uint64_t shift_left(Type type, const Values& n) {
  return bits_by(type.bits, [&](uint32_t i) { return i >= n[1] && bit(n[0], i - n[1]); });
}

uint64_t shift_right(Type type, const Values& n) {
  const bool fill = type.kind == 's' && bit(n[0], type.bits - 1);
  return bits_by(type.bits,
                 [&](uint32_t i) { return i + n[1] < type.bits ? bit(n[0], i + n[1]) : fill; });
}

uint64_t extract(Type type, const Values& n) {
  const uint64_t position = n[1] & 0xFF, length = n[2] & 0xFF, top = type.bits - 1;
  const bool sign =
      type.kind == 's' && length != 0 && bit(n[0], std::min(position + length - 1, top));
  return bits_by(type.bits, [&](uint32_t i) {
    return i < length && position + i <= top ? bit(n[0], position + i) : sign;
  });
}

uint64_t insert(Type type, const Values& n) {
  const uint64_t position = n[2] & 0xFF, length = n[3] & 0xFF;
  return bits_by(type.bits, [&](uint32_t i) {
    return i >= position && i < position + length ? bit(n[0], i - position) : bit(n[1], i);
  });
}

uint64_t count_ones(Type type, const Values& n) {
  uint64_t count = 0;
  for (uint32_t i = 0; i < type.bits; ++i) count += bit(n[0], i);
  return count;
}

uint64_t leading_zeros(Type type, const Values& n) {
  uint64_t count = 0;
  while (count < type.bits && !bit(n[0], type.bits - 1 - count)) ++count;
  return count;
}

uint64_t find_highest(Type type, const Values& n) {
  const bool sign = type.kind == 's' && bit(n[0], type.bits - 1);
  for (uint32_t i = type.bits; i-- > 0;) {
    if (bit(n[0], i) != sign) return i;
  }
  return ~uint64_t{0};
}

uint64_t reverse(Type type, const Values& n) {
  return bits_by(type.bits, [&](uint32_t i) { return bit(n[0], type.bits - 1 - i); });
}

uint64_t is_zero(Type type, const Values& n) {
  return count_ones(type, n) == 0;
}

// The bits of a stand for the table's upper half, and so on: F(0xF0, 0xCC, 0xAA) is F's table.
uint64_t lookup(Type, const Values& n) {
  return bits_by(32, [&](uint32_t i) {
    uint32_t row = 0xFF;
    row &= bit(n[0], i) ? 0xF0 : 0x0F;
    row &= bit(n[1], i) ? 0xCC : 0x33;
    row &= bit(n[2], i) ? 0xAA : 0x55;
    return (row & n[3]) != 0;
  });
}

using Operation = uint64_t (*)(Type type, const Values& n);
const std::map<std::string, Operation>& operations() {
  static const std::map<std::string, Operation> table = {
      {"shl", shift_left},  {"shr", shift_right},   {"bfe", extract},  {"bfi", insert},
      {"popc", count_ones}, {"clz", leading_zeros}, {"brev", reverse}, {"bfind", find_highest},
      {"cnot", is_zero},    {"lop3", lookup},
  };
  return table;
}

// shf: the word that lies `amount` bits from one end of {b, a}.
uint64_t funnel(bool left, bool wraps, const Values& n) {
  const uint64_t amount = wraps ? n[2] % 32 : std::min<uint64_t>(n[2], 32);
  const uint64_t first = left ? 32 - amount : amount;
  return bits_by(32, [&](uint32_t i) {
    const uint64_t from = first + i;
    return from < 32 ? bit(n[0], from) : bit(n[1], from - 32);
  });
}

// prmt: which bytes of {b, a} each mode takes for the selector's four values, the highest first.
const std::map<std::string, std::array<const char*, 4>>& byte_modes() {
  static const std::map<std::string, std::array<const char*, 4>> table = {
      {"f4e", {"3210", "4321", "5432", "6543"}}, {"b4e", {"5670", "6701", "7012", "0123"}},
      {"rc8", {"0000", "1111", "2222", "3333"}}, {"ecl", {"3210", "3211", "3222", "3333"}},
      {"ecr", {"0000", "1110", "2210", "3210"}}, {"rc16", {"1010", "3232", "1010", "3232"}},
  };
  return table;
}

uint64_t permute(const std::string& mode, const Values& n) {
  uint64_t result = 0;
  for (uint32_t i = 0; i < 4; ++i) {
    const uint64_t nibble =
        mode.empty() ? n[2] >> 4 * i & 0xF
                     : static_cast<uint64_t>(byte_modes().at(mode)[n[2] & 3][3 - i] - '0');
    const uint64_t from = (nibble & 7) * 8;
    result |= bits_by(8,
                      [&](uint32_t j) {
                        const uint64_t at = from + ((nibble & 8) != 0 ? 7 : j);
                        return at < 32 ? bit(n[0], at) : bit(n[1], at - 32);
                      })
              << 8 * i;
  }
  return result;
}

Oracle of(std::function<uint64_t(const Values&)> value) {
  return [value](const Values& n) { return Expected{value(n)}; };
}

Oracle logic_oracle(const isa::Row& row) {
  const std::vector<std::string> parts = parts_of(row.mnemonic);
  if (parts[0] == "shf") {
    const bool left = parts[1] == "l", wraps = parts[2] == "wrap";
    return of([=](const Values& n) { return funnel(left, wraps, n); });
  }
  if (parts[0] == "prmt") {
    const std::string mode = parts.size() == 3 ? parts[2] : "";
    return of([=](const Values& n) { return permute(mode, n); });
  }
  if (parts.size() != 2) return {};
  const Type type = parts[1] == "pred"
                        ? Type{'b', 1}
                        : Type{parts[1][0], static_cast<uint32_t>(std::stoi(parts[1].substr(1)))};
  if (const auto found = bit_operations().find(parts[0]); found != bit_operations().end()) {
    return of([=, operation = found->second](const Values& n) {
      return bits_by(type.bits,
                     [&](uint32_t i) { return operation(bit(n[0], i), bit(n.back(), i)); });
    });
  }
  const auto found = operations().find(parts[0]);
  if (found == operations().end()) return {};
  return of([=, operation = found->second](const Values& n) { return operation(type, n); });
}

TEST(Logic, EveryRow) {
  check_rows(isa::logic_rows(), logic_oracle);
}

// By hand, so that the oracle cannot be wrong together with the rows.
TEST(Logic, KnownResults) {
  EXPECT_EQ(evaluate_one("prmt.b32", {0x33221100, 0x77665544, 0x7654}), 0x77665544u);
  EXPECT_EQ(evaluate_one("prmt.b32", {0x80000000, 0, 0xBBBB}), 0xFFFFFFFFu);
  EXPECT_EQ(evaluate_one("prmt.b32", {0x33221100, 0x77665544, 0x5410}), 0x55441100u);
  EXPECT_EQ(evaluate_one("shf.l.wrap.b32", {0x80000001, 0x00000002, 33}), 0x00000005u);
  EXPECT_EQ(evaluate_one("shf.l.clamp.b32", {0x80000001, 0x00000002, 33}), 0x80000001u);
  EXPECT_EQ(evaluate_one("shf.r.wrap.b32", {0x80000001, 0x00000003, 1}), 0xC0000000u);
  EXPECT_EQ(evaluate_one("shf.r.clamp.b32", {0x80000001, 0x00000003, 99}), 0x00000003u);
  EXPECT_EQ(evaluate_one("bfe.u32", {0xABCD1234, 8, 8}), 0x12u);
  EXPECT_EQ(evaluate_one("bfe.s32", {0x0000F000, 12, 4}), 0xFFFFFFFFu);
  EXPECT_EQ(evaluate_one("bfi.b32", {0x5, 0xFFFFFFFF, 4, 4}), 0xFFFFFF5Fu);
  EXPECT_EQ(evaluate_one("bfi.b32", {0x5, 0x12345678, 32, 4}), 0x12345678u);
  EXPECT_EQ(evaluate_one("bfind.u32", {0}), 0xFFFFFFFFu);
  EXPECT_EQ(evaluate_one("bfind.s32", {0xFFFFFF00}), 7u);
  EXPECT_EQ(evaluate_one("clz.b64", {1}), 63u);
}

// A table is the function of 0xF0, 0xCC and 0xAA that is wanted of a, b and c.
TEST(Logic, TablesOfThreeOperands) {
  const uint64_t a = 0x0FF0A5C3, b = 0x3C5AFF01, c = 0x9669F00F;
  EXPECT_EQ(evaluate_one("lop3.b32", {a, b, c, 0xF0 & 0xCC & 0xAA}), a & b & c);
  EXPECT_EQ(evaluate_one("lop3.b32", {a, b, c, 0xF0 ^ 0xCC ^ 0xAA}), a ^ b ^ c);
  EXPECT_EQ(evaluate_one("lop3.b32", {a, b, c, (0xF0 & 0xCC) | 0xAA}), (a & b) | c);
  EXPECT_EQ(evaluate_one("lop3.b32", {a, b, c, 0xF0}), a);
  EXPECT_EQ(evaluate_one("lop3.b32", {a, b, c, 0xCC}), b);
  EXPECT_EQ(evaluate_one("lop3.b32", {a, b, c, 0xAA}), c);
}

}  // namespace
}  // namespace ptxsim
