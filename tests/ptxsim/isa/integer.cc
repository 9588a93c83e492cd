// Integer arithmetic.
#include <algorithm>
#include <limits>

#include "tests/ptxsim/isa/table.h"

namespace ptxsim::isa {
namespace {

template <class T>
constexpr const char* kName = nullptr;
template <>
inline constexpr const char* kName<uint16_t> = "u16";
template <>
inline constexpr const char* kName<int16_t> = "s16";
template <>
inline constexpr const char* kName<uint32_t> = "u32";
template <>
inline constexpr const char* kName<int32_t> = "s32";
template <>
inline constexpr const char* kName<uint64_t> = "u64";
template <>
inline constexpr const char* kName<int64_t> = "s64";

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

// The type of a whole product.
template <class T>
struct WideOf;
template <>
struct WideOf<uint16_t> {
  using Type = uint32_t;
};
template <>
struct WideOf<int16_t> {
  using Type = int32_t;
};
template <>
struct WideOf<uint32_t> {
  using Type = uint64_t;
};
template <>
struct WideOf<int32_t> {
  using Type = int64_t;
};
template <>
struct WideOf<uint64_t> {
  using Type = Uint128;
};
template <>
struct WideOf<int64_t> {
  using Type = Int128;
};

// C++ leaves the overflow of signed numbers open; PTX wraps.
template <class T>
T wrapped_sum(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
}
template <class T>
T wrapped_difference(T a, T b) {
  using U = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<U>(a) - static_cast<U>(b));
}
template <class T>
typename WideOf<T>::Type product(T a, T b) {
  using Wide = typename WideOf<T>::Type;
  return static_cast<Wide>(a) * static_cast<Wide>(b);
}
template <class T>
T low_product(T a, T b) {
  return static_cast<T>(product(a, b));
}
template <class T>
T high_product(T a, T b) {
  return static_cast<T>(product(a, b) >> (sizeof(T) * 8));
}
// Division by zero gives all ones, and so does the PTX of today's devices for both kinds; the most
// negative number by -1 wraps.
template <class T>
T quotient(T a, T b) {
  if (b == 0) return static_cast<T>(~T{0});
  if constexpr (std::is_signed_v<T>) {
    if (b == -1) return wrapped_difference(T{0}, a);
  }
  return static_cast<T>(a / b);
}
template <class T>
T remainder_of(T a, T b) {
  if (b == 0) return a;
  if constexpr (std::is_signed_v<T>) {
    if (b == -1) return 0;
  }
  return static_cast<T>(a % b);
}

template <class T>
void add_rows_of(Rows* rows) {
  const std::string type = std::string(".") + kName<T>;
  rows->push_back(lanewise<[](T a, T b) { return wrapped_sum(a, b); }>("add" + type));
  rows->push_back(lanewise<[](T a, T b) { return wrapped_difference(a, b); }>("sub" + type));
  rows->push_back(lanewise<[](T a, T b) { return std::min(a, b); }>("min" + type));
  rows->push_back(lanewise<[](T a, T b) { return std::max(a, b); }>("max" + type));
  rows->push_back(lanewise<[](T a, T b) { return low_product(a, b); }>("mul.lo" + type));
  rows->push_back(lanewise<[](T a, T b) { return high_product(a, b); }>("mul.hi" + type));
  rows->push_back(lanewise<[](T a, T b) { return quotient(a, b); }>("div" + type));
  rows->push_back(lanewise<[](T a, T b) { return remainder_of(a, b); }>("rem" + type));
  rows->push_back(
      lanewise<[](T a, T b, T c) { return wrapped_sum(low_product(a, b), c); }>("mad.lo" + type));
  rows->push_back(
      lanewise<[](T a, T b, T c) { return wrapped_sum(high_product(a, b), c); }>("mad.hi" + type));
}

template <class T>
void add_wide_rows_of(Rows* rows) {
  using Wide = typename WideOf<T>::Type;
  const std::string type = std::string(".") + kName<T>;
  rows->push_back(lanewise<[](T a, T b) { return product(a, b); }>("mul.wide" + type));
  rows->push_back(
      lanewise<[](T a, T b, Wide c) { return wrapped_sum(product(a, b), c); }>("mad.wide" + type));
}

template <class T>
void add_signed_rows_of(Rows* rows) {
  const std::string type = std::string(".") + kName<T>;
  rows->push_back(lanewise<[](T a) { return wrapped_difference(T{0}, a); }>("neg" + type));
  rows->push_back(
      lanewise<[](T a) { return a < 0 ? wrapped_difference(T{0}, a) : a; }>("abs" + type));
}

int32_t saturated(int64_t value) {
  return static_cast<int32_t>(std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(),
                                                  std::numeric_limits<int32_t>::max()));
}

template <class T>
T difference_to(T a, T b, T c) {
  return wrapped_sum(a < b ? wrapped_difference(b, a) : wrapped_difference(a, b), c);
}

}  // namespace

Rows integer_rows() {
  Rows rows;
  add_rows_of<uint16_t>(&rows);
  add_rows_of<int16_t>(&rows);
  add_rows_of<uint32_t>(&rows);
  add_rows_of<int32_t>(&rows);
  add_rows_of<uint64_t>(&rows);
  add_rows_of<int64_t>(&rows);
  add_wide_rows_of<uint16_t>(&rows);
  add_wide_rows_of<int16_t>(&rows);
  add_wide_rows_of<uint32_t>(&rows);
  add_wide_rows_of<int32_t>(&rows);
  add_signed_rows_of<int16_t>(&rows);
  add_signed_rows_of<int32_t>(&rows);
  add_signed_rows_of<int64_t>(&rows);
  rows.push_back(
      lanewise<[](int32_t a, int32_t b) { return saturated(int64_t{a} + b); }>("add.sat.s32"));
  rows.push_back(
      lanewise<[](int32_t a, int32_t b) { return saturated(int64_t{a} - b); }>("sub.sat.s32"));
  rows.push_back(
      lanewise<[](uint32_t a, uint32_t b, uint32_t c) { return difference_to(a, b, c); }>(
          "sad.u32"));
  rows.push_back(
      lanewise<[](int32_t a, int32_t b, int32_t c) { return difference_to(a, b, c); }>("sad.s32"));
  return rows;
}

}  // namespace ptxsim::isa
