// Moves, selections, comparisons of integers.
#include <functional>

#include "tests/ptxsim/isa/table.h"

namespace ptxsim::isa {
namespace {

// "{a, b}" into one register, the first element in the low bits.
void pack(Warp& warp, const Instruction& instruction) {
  const uint32_t bits = instruction.element_bytes * 8u;
  const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  for_each_lane(warp.executing(), [&](int lane) {
    uint64_t packed = 0;
    for (uint32_t i = 0; i < instruction.elements; ++i) {
      packed |= (warp.values(instruction.slots[i + 1])[lane] & mask) << i * bits;
    }
    warp.values(instruction.slots[0])[lane] = packed;
  });
}

void unpack(Warp& warp, const Instruction& instruction) {
  const uint32_t bits = instruction.element_bytes * 8u;
  const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  for_each_lane(warp.executing(), [&](int lane) {
    const uint64_t packed = warp.values(instruction.slots[instruction.elements])[lane];
    for (uint32_t i = 0; i < instruction.elements; ++i) {
      warp.values(instruction.slots[i])[lane] = packed >> i * bits & mask;
    }
  });
}

void add_vector_moves(Rows* rows, const std::string& mnemonic, uint32_t bits) {
  for (uint32_t count : {1u, 2u, 4u, 8u}) {
    const uint32_t element = bits / count;
    if (element < 8) continue;
    Row packing{mnemonic, pack, {{Role::kWrite, bits}, {Role::kReadVector, element, count}}};
    Row unpacking{mnemonic, unpack, {{Role::kWriteVector, element, count}, {Role::kRead, bits}}};
    for (Row* row : {&packing, &unpacking}) {
      row->elements = static_cast<uint8_t>(count);
      row->element_bytes = static_cast<uint8_t>(element / 8);
      rows->push_back(*row);
    }
  }
}

template <class T>
void add_rows(Rows* rows, const std::string& number, const std::vector<const char*>& types) {
  for (const char* type : types) {
    const std::string suffix = std::string(".") + type + number;
    rows->push_back(lanewise<[](T a) { return a; }>("mov" + suffix));
    rows->push_back(lanewise<[](T a, T b, bool p) { return p ? a : b; }>("selp" + suffix));
  }
}

// setp.CMP.BOOL.T p, a, b, c and p|q, a, b, c: the comparison, and its opposite, joined with c.
template <auto kHolds, class T, auto kJoined>
void add_combined(Rows* rows, const std::string& mnemonic) {
  rows->push_back(
      lanewise<[](T a, T b, bool c) { return bool{kJoined(kHolds(a, b), c)}; }>(mnemonic));
  rows->push_back(lanewise<[](T a, T b, bool c) {
    return std::pair<bool, bool>(kJoined(kHolds(a, b), c), kJoined(!kHolds(a, b), c));
  }>(mnemonic));
}

// setp.CMP.T p, a, b and p|q, a, b.
template <auto kHolds, class T>
void add_comparison(Rows* rows, const std::string& compare, const std::string& type) {
  const std::string start = "setp." + compare;
  rows->push_back(lanewise<[](T a, T b) { return bool{kHolds(a, b)}; }>(start + type));
  rows->push_back(
      lanewise<[](T a, T b) { return std::pair<bool, bool>(kHolds(a, b), !kHolds(a, b)); }>(start +
                                                                                            type));
  add_combined<kHolds, T, [](bool a, bool b) { return a && b; }>(rows, start + ".and" + type);
  add_combined<kHolds, T, [](bool a, bool b) { return a || b; }>(rows, start + ".or" + type);
  add_combined<kHolds, T, [](bool a, bool b) { return a != b; }>(rows, start + ".xor" + type);
  rows->push_back(
      lanewise<[](T a, T b) { return kHolds(a, b) ? ~0u : 0u; }>("set." + compare + ".u32" + type));
}

template <class T>
void add_equalities(Rows* rows, const std::string& type) {
  add_comparison<std::equal_to<T>{}, T>(rows, "eq", type);
  add_comparison<std::not_equal_to<T>{}, T>(rows, "ne", type);
}

template <class T>
void add_orders(Rows* rows, const std::string& type, bool is_unsigned) {
  add_equalities<T>(rows, type);
  add_comparison<std::less<T>{}, T>(rows, "lt", type);
  add_comparison<std::less_equal<T>{}, T>(rows, "le", type);
  add_comparison<std::greater<T>{}, T>(rows, "gt", type);
  add_comparison<std::greater_equal<T>{}, T>(rows, "ge", type);
  if (!is_unsigned) return;
  add_comparison<std::less<T>{}, T>(rows, "lo", type);
  add_comparison<std::less_equal<T>{}, T>(rows, "ls", type);
  add_comparison<std::greater<T>{}, T>(rows, "hi", type);
  add_comparison<std::greater_equal<T>{}, T>(rows, "hs", type);
}

}  // namespace

Rows select_rows() {
  Rows rows;
  add_rows<uint16_t>(&rows, "16", {"b", "u", "s"});
  add_rows<uint32_t>(&rows, "32", {"b", "u", "s", "f"});
  add_rows<uint64_t>(&rows, "64", {"b", "u", "s", "f"});
  rows.push_back(lanewise<[](bool a) { return a; }>("mov.pred"));
  rows.push_back(lanewise<[](bool a, bool b, bool p) { return p ? a : b; }>("selp.pred"));
  add_vector_moves(&rows, "mov.b16", 16);
  add_vector_moves(&rows, "mov.b32", 32);
  add_vector_moves(&rows, "mov.b64", 64);
  add_equalities<uint16_t>(&rows, ".b16");
  add_equalities<uint32_t>(&rows, ".b32");
  add_equalities<uint64_t>(&rows, ".b64");
  add_orders<uint16_t>(&rows, ".u16", true);
  add_orders<uint32_t>(&rows, ".u32", true);
  add_orders<uint64_t>(&rows, ".u64", true);
  add_orders<int16_t>(&rows, ".s16", false);
  add_orders<int32_t>(&rows, ".s32", false);
  add_orders<int64_t>(&rows, ".s64", false);
  return rows;
}

}  // namespace ptxsim::isa
