// Moves, selections and comparisons of integers.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/evaluate.h"
#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

using isa::Role;
using Values = std::vector<uint64_t>;

struct Type {
  bool is_signed;
  uint32_t bits;
};

Type type_of(const std::string& text) {
  return {text[0] == 's', static_cast<uint32_t>(std::stoi(text.substr(1)))};
}

// -1, 0 or 1, by the highest bit in which they differ.
int order(uint64_t a, uint64_t b, Type type) {
  for (uint32_t i = type.bits; i-- > 0;) {
    const uint64_t x = a >> i & 1, y = b >> i & 1;
    if (x == y) continue;
    const bool is_sign = type.is_signed && i == type.bits - 1;
    return (x > y) != is_sign ? 1 : -1;
  }
  return 0;
}

// Which orders make the comparison hold.
const std::map<std::string, std::vector<int>>& comparisons() {
  static const std::map<std::string, std::vector<int>> table = {
      {"eq", {0}},    {"ne", {-1, 1}}, {"lt", {-1}},    {"le", {-1, 0}}, {"gt", {1}},
      {"ge", {0, 1}}, {"lo", {-1}},    {"ls", {-1, 0}}, {"hi", {1}},     {"hs", {0, 1}},
  };
  return table;
}

bool holds(const std::string& comparison, const Values& n, Type type) {
  const std::vector<int>& orders = comparisons().at(comparison);
  return std::find(orders.begin(), orders.end(), order(n[0], n[1], type)) != orders.end();
}

bool joined(const std::string& how, bool a, bool b) {
  const int sum = a + b;
  if (how == "and") return sum == 2;
  return how == "or" ? sum != 0 : sum == 1;
}

// setp.CMP{.BOOL}.TYPE
Oracle setp_oracle(const std::vector<std::string>& parts) {
  const Type type = type_of(parts.back());
  const std::string comparison = parts[1], how = parts.size() == 4 ? parts[2] : "";
  if (!comparisons().contains(comparison)) return {};
  return [=](const Values& n) {
    const bool is = holds(comparison, n, type);
    if (how.empty()) return Expected{is, !is};
    return Expected{joined(how, is, n[2] != 0), joined(how, !is, n[2] != 0)};
  };
}

Oracle select_oracle(const isa::Row& row) {
  const std::vector<std::string> parts = parts_of(row.mnemonic);
  if (parts[0] == "setp") return setp_oracle(parts);
  if (parts[0] == "mov") {
    return [](const Values& n) { return Expected{n[0]}; };
  }
  if (parts[0] == "selp") {
    return [](const Values& n) { return Expected{n[2] != 0 ? n[0] : n[1]}; };
  }
  if (parts[0] == "set" && parts.size() == 4 && parts[2] == "u32") {
    return [=](const Values& n) {
      return Expected{holds(parts[1], n, type_of(parts[3])) ? 0xFFFFFFFFu : 0u};
    };
  }
  return {};
}

bool has_vector(const isa::Row& row) {
  return std::ranges::any_of(row.operands, [](const isa::OperandForm& form) {
    return form.role == Role::kReadVector || form.role == Role::kWriteVector;
  });
}

TEST(Select, EveryRowWithoutVectors) {
  isa::Rows rows = isa::select_rows();
  std::erase_if(rows, has_vector);
  check_rows(rows, select_oracle);
}

std::string width(uint32_t bits) {
  return std::to_string(bits);
}

// `{%e0, %e1}`; the first is a sink where `sinks`.
std::string elements(uint32_t count, bool sinks = false) {
  std::string text;
  for (uint32_t i = 0; i < count; ++i) {
    text += i == 0 ? "{" : ", ";
    text += sinks && i == 0 ? "_" : "%e" + std::to_string(i);
  }
  return text + "}";
}

// Loads the whole, takes it apart, writes the elements apart, loads these, packs them, writes that.
std::string vector_kernel(uint32_t bits, uint32_t count) {
  const std::string whole = "b" + width(bits), element = "b" + width(bits / count);
  std::string text = R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 in, .param .u64 out)
{
.reg .b64 %in, %out;
.reg .)" + whole + " %whole, %packed;\n.reg ." +
                     element + R"( %e<8>;
ld.param.u64 %in, [in];
ld.param.u64 %out, [out];
ld.global.)" + whole +
                     " %whole, [%in];\nmov." + whole + " " + elements(count) + ", %whole;\n";
  for (uint32_t i = 0; i < count; ++i) {
    const std::string one = std::to_string(i);
    text += "st.global." + element + " [%out+" + std::to_string(8 * i) + "], %e" + one + ";\n";
    text += "ld.global." + element + " %e" + one + ", [%in+" + std::to_string(8 + 8 * i) + "];\n";
  }
  text += "mov." + whole + " %packed, " + elements(count) + ";\nst.global." + whole +
          " [%out+64], %packed;\n";
  if (count > 1) text += "mov." + whole + " " + elements(count, true) + ", %whole;\n";
  const std::string last = "%e" + std::to_string(count - 1);
  return text + "st.global." + element + " [%out+72], " + last + ";\nret;\n}\n";
}

void check_vectors(uint32_t bits, uint32_t count) {
  const std::string what = width(bits) + " bits in " + std::to_string(count);
  Machine machine;
  ASSERT_EQ(machine.load(vector_kernel(bits, count)), "") << what;
  const std::vector<uint64_t> input = {0x8899AABBCCDDEEFF, 0x1111111111111101, 0x2222222222222202,
                                       0x3333333333333303, 0x4444444444444404, 0x5555555555555505,
                                       0x6666666666666606, 0x7777777777777707, 0x8888888888888808};
  const uint64_t in = machine.copy(input), out = machine.zeros(80);
  ASSERT_EQ(machine.launch("test", 1, 1, {in, out}), CUDA_SUCCESS);
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  const auto result = machine.read<uint64_t>(out, 10);
  const uint32_t each = bits / count;
  uint64_t packed = 0;
  for (uint32_t i = count; i-- > 0;) {
    EXPECT_EQ(result[i], low_bits(input[0] >> i * each, each)) << what << ", element " << i;
    packed = (each == 64 ? 0 : packed << each) | low_bits(input[1 + i], each);
  }
  EXPECT_EQ(result[8], packed) << what;
  if (count == 1) return;
  EXPECT_EQ(result[9], result[count - 1]) << what << ", with a sink";
}

TEST(Select, EveryRowWithVectors) {
  int rows = 0;
  for (const isa::Row& row : isa::select_rows()) {
    if (!has_vector(row)) continue;
    ++rows;
    for (const isa::OperandForm& form : row.operands) {
      if (form.count > 1) check_vectors(form.bits * form.count, form.count);
    }
  }
  EXPECT_GT(rows, 0);
}

// A predicate operand of setp, selp and the rest may be negated; literals are predicates too.
TEST(Select, NegatedPredicates) {
  Machine machine;
  ASSERT_EQ(machine.load(R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 out)
{
.reg .pred %p<8>;
.reg .b32 %r<8>;
.reg .b64 %out;
ld.param.u64 %out, [out];
mov.u32 %r0, 5;
setp.eq.u32 %p0, %r0, 5;
setp.eq.and.u32 %p1, %r0, 5, !%p0;
setp.eq.and.u32 %p2|%p3, %r0, 6, %p0;
setp.eq.or.u32 _|%p4, %r0, 5, !%p0;
selp.u32 %r1, 1, 0, %p1;
selp.u32 %r2, 1, 0, !%p1;
selp.u32 %r3, 1, 0, %p2;
selp.u32 %r4, 1, 0, %p3;
selp.u32 %r5, 1, 0, %p4;
@!%p0 mov.u32 %r5, 9;
st.global.v4.u32 [%out], {%r1, %r2, %r3, %r4};
st.global.u32 [%out+16], %r5;
ret;
}
)"),
            "");
  const uint64_t out = machine.zeros(20);
  machine.launch("test", 1, 1, {out});
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  EXPECT_EQ(machine.read<uint32_t>(out, 5), (std::vector<uint32_t>{0, 1, 0, 1, 0}));
}

}  // namespace
}  // namespace ptxsim
