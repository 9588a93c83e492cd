// Bits: logic, shifts, fields, permutations, counts.
#include <algorithm>
#include <bit>

#include "tests/ptxsim/isa/table.h"

namespace ptxsim::isa {
namespace {

// Amounts beyond the width give what an endless shift gives.
template <class T>
T shifted_left(T a, uint32_t amount) {
  constexpr uint32_t kWidth = sizeof(T) * 8;
  return amount >= kWidth ? T{0} : static_cast<T>(a << amount);
}
template <class T>
T shifted_right(T a, uint32_t amount) {
  constexpr uint32_t kWidth = sizeof(T) * 8;
  if (amount < kWidth) return static_cast<T>(a >> amount);
  return std::is_signed_v<T> && a < 0 ? static_cast<T>(-1) : T{0};
}

uint64_t pair_of(uint32_t low, uint32_t high) {
  return uint64_t{high} << 32 | low;
}

// The bytes of {b, a} that the selector's nibbles name; bit 3 of a nibble spreads the byte's sign.
uint32_t permuted(uint32_t a, uint32_t b, uint32_t selector) {
  const uint64_t bytes = pair_of(a, b);
  uint32_t result = 0;
  for (int i = 0; i < 4; ++i) {
    const uint32_t nibble = selector >> 4 * i & 0xF;
    uint32_t byte = static_cast<uint32_t>(bytes >> 8 * (nibble & 7)) & 0xFF;
    if ((nibble & 8) != 0) byte = (byte & 0x80) != 0 ? 0xFF : 0;
    result |= byte << 8 * i;
  }
  return result;
}

// The modes that take two bits of the selector: which bytes, one nibble each, for each of the four.
template <uint32_t kSelector0, uint32_t kSelector1, uint32_t kSelector2, uint32_t kSelector3>
uint32_t permuted_by_mode(uint32_t a, uint32_t b, uint32_t selector) {
  constexpr uint32_t kSelectors[] = {kSelector0, kSelector1, kSelector2, kSelector3};
  return permuted(a, b, kSelectors[selector & 3]);
}

// `length` bits of a from `position`, beyond its end the sign for signed types and 0 else.
template <class T>
T extracted(T a, uint32_t position, uint32_t length) {
  constexpr uint32_t kWidth = sizeof(T) * 8;
  position &= 0xFF;
  length = std::min(length & 0xFF, kWidth);
  if (length == 0) return 0;
  const T shifted = shifted_right(a, position);
  if (length == kWidth) return shifted;
  using U = std::make_unsigned_t<T>;
  const U field = static_cast<U>(shifted) & ((U{1} << length) - 1);
  const uint32_t top = std::min(position + length - 1, kWidth - 1);
  const bool sign = std::is_signed_v<T> && (static_cast<U>(a) >> top & 1) != 0;
  return static_cast<T>(sign ? field | static_cast<U>(~U{0} << length) : field);
}

template <class T>
T inserted(T a, T b, uint32_t position, uint32_t length) {
  constexpr uint32_t kWidth = sizeof(T) * 8;
  position &= 0xFF;
  length &= 0xFF;
  const T ones = length >= kWidth ? static_cast<T>(~T{0}) : static_cast<T>((T{1} << length) - 1);
  const T mask = shifted_left(ones, position);
  return static_cast<T>((b & ~mask) | (shifted_left(a, position) & mask));
}

uint32_t lop3(uint32_t a, uint32_t b, uint32_t c, uint32_t table) {
  uint32_t result = 0;
  for (uint32_t row = 0; row < 8; ++row) {
    if ((table >> row & 1) == 0) continue;
    result |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
  }
  return result;
}

// The position of the highest bit that differs from the sign; all ones where none does.
template <class T>
uint32_t highest_bit(T a) {
  using U = std::make_unsigned_t<T>;
  const U bits = static_cast<U>(std::is_signed_v<T> && a < 0 ? ~a : a);
  return bits == 0 ? ~0u : static_cast<uint32_t>(std::bit_width(bits)) - 1;
}

template <class T>
T reversed(T a) {
  T result = 0;
  for (size_t i = 0; i < sizeof(T) * 8; ++i) result = static_cast<T>(result << 1 | (a >> i & 1));
  return result;
}

template <class T>
void add_logic_rows(Rows* rows, const std::string& type) {
  rows->push_back(lanewise<[](T a, T b) { return static_cast<T>(a & b); }>("and" + type));
  rows->push_back(lanewise<[](T a, T b) { return static_cast<T>(a | b); }>("or" + type));
  rows->push_back(lanewise<[](T a, T b) { return static_cast<T>(a ^ b); }>("xor" + type));
  rows->push_back(lanewise<[](T a) { return static_cast<T>(~a); }>("not" + type));
  rows->push_back(lanewise<[](T a) { return static_cast<T>(a == 0); }>("cnot" + type));
  rows->push_back(lanewise<[](T a, uint32_t n) { return shifted_left(a, n); }>("shl" + type));
  rows->push_back(lanewise<[](T a, uint32_t n) { return shifted_right(a, n); }>("shr" + type));
}

template <class T>
void add_field_rows(Rows* rows, const std::string& bits, const std::string& number) {
  using S = std::make_signed_t<T>;
  rows->push_back(lanewise<[](T a, T b, uint32_t position, uint32_t length) {
    return inserted(a, b, position, length);
  }>("bfi.b" + number));
  rows->push_back(lanewise<[](T a, uint32_t position, uint32_t length) {
    return extracted(a, position, length);
  }>("bfe.u" + number));
  rows->push_back(lanewise<[](S a, uint32_t position, uint32_t length) {
    return extracted(a, position, length);
  }>("bfe.s" + number));
  rows->push_back(
      lanewise<[](T a) { return static_cast<uint32_t>(std::popcount(a)); }>("popc" + bits));
  rows->push_back(
      lanewise<[](T a) { return static_cast<uint32_t>(std::countl_zero(a)); }>("clz" + bits));
  rows->push_back(lanewise<[](T a) { return reversed(a); }>("brev" + bits));
  rows->push_back(lanewise<[](T a) { return highest_bit(a); }>("bfind.u" + number));
  rows->push_back(lanewise<[](S a) { return highest_bit(a); }>("bfind.s" + number));
}

template <class T>
void add_arithmetic_shift(Rows* rows, const std::string& number) {
  using S = std::make_signed_t<T>;
  rows->push_back(lanewise<[](T a, uint32_t n) { return shifted_right(a, n); }>("shr.u" + number));
  rows->push_back(lanewise<[](S a, uint32_t n) { return shifted_right(a, n); }>("shr.s" + number));
}

void add_funnel_rows(Rows* rows) {
  // The 64 bits {high b, low a} shifted; the upper word to the left, the lower to the right.
  rows->push_back(lanewise<[](uint32_t a, uint32_t b, uint32_t n) {
    return static_cast<uint32_t>(pair_of(a, b) << (n & 31) >> 32);
  }>("shf.l.wrap.b32"));
  rows->push_back(lanewise<[](uint32_t a, uint32_t b, uint32_t n) {
    return static_cast<uint32_t>(pair_of(a, b) >> (n & 31));
  }>("shf.r.wrap.b32"));
  rows->push_back(lanewise<[](uint32_t a, uint32_t b, uint32_t n) {
    return static_cast<uint32_t>(pair_of(a, b) << std::min(n, 32u) >> 32);
  }>("shf.l.clamp.b32"));
  rows->push_back(lanewise<[](uint32_t a, uint32_t b, uint32_t n) {
    return static_cast<uint32_t>(pair_of(a, b) >> std::min(n, 32u));
  }>("shf.r.clamp.b32"));
}

void add_permutation_rows(Rows* rows) {
  rows->push_back(lanewise<permuted>("prmt.b32"));
  rows->push_back(lanewise<permuted_by_mode<0x3210, 0x4321, 0x5432, 0x6543>>("prmt.b32.f4e"));
  rows->push_back(lanewise<permuted_by_mode<0x5670, 0x6701, 0x7012, 0x0123>>("prmt.b32.b4e"));
  rows->push_back(lanewise<permuted_by_mode<0x0000, 0x1111, 0x2222, 0x3333>>("prmt.b32.rc8"));
  rows->push_back(lanewise<permuted_by_mode<0x3210, 0x3211, 0x3222, 0x3333>>("prmt.b32.ecl"));
  rows->push_back(lanewise<permuted_by_mode<0x0000, 0x1110, 0x2210, 0x3210>>("prmt.b32.ecr"));
  rows->push_back(lanewise<permuted_by_mode<0x1010, 0x3232, 0x1010, 0x3232>>("prmt.b32.rc16"));
}

void add_predicate_rows(Rows* rows) {
  rows->push_back(lanewise<[](bool a, bool b) { return a && b; }>("and.pred"));
  rows->push_back(lanewise<[](bool a, bool b) { return a || b; }>("or.pred"));
  rows->push_back(lanewise<[](bool a, bool b) { return a != b; }>("xor.pred"));
  rows->push_back(lanewise<[](bool a) { return !a; }>("not.pred"));
}

}  // namespace

Rows logic_rows() {
  Rows rows;
  add_logic_rows<uint16_t>(&rows, ".b16");
  add_logic_rows<uint32_t>(&rows, ".b32");
  add_logic_rows<uint64_t>(&rows, ".b64");
  add_arithmetic_shift<uint16_t>(&rows, "16");
  add_arithmetic_shift<uint32_t>(&rows, "32");
  add_arithmetic_shift<uint64_t>(&rows, "64");
  add_field_rows<uint32_t>(&rows, ".b32", "32");
  add_field_rows<uint64_t>(&rows, ".b64", "64");
  add_funnel_rows(&rows);
  add_predicate_rows(&rows);
  add_permutation_rows(&rows);
  rows.push_back(lanewise<lop3>("lop3.b32"));
  return rows;
}

}  // namespace ptxsim::isa
