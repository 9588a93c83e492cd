// cvt from or to an integer.
#include "tests/ptxsim/isa/float_rows.h"
#include "tests/ptxsim/values/convert.h"

namespace ptxsim::isa {
namespace {

// A signed result fills its register with its sign, however wide that is.
template <class T>
struct SignFilled {
  using Word = uint64_t;
  Word bits;
};

template <class T>
auto as_result(T value) {
  if constexpr (std::is_signed_v<T>) {
    return SignFilled<T>{static_cast<uint64_t>(int64_t{value})};
  } else {
    return value;
  }
}

}  // namespace

template <class T>
inline constexpr uint32_t kBitsOf<SignFilled<T>> = sizeof(T) * 8;

namespace {

template <class To, class From>
std::string types() {
  return std::string(kTypeName<To>) + kTypeName<From>;
}

// One instruction under several names, between which there is no difference in what it does.
void push_named(Rows* rows, const Row& row, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    rows->push_back(row);
    rows->back().mnemonic = name;
  }
}

template <class To, class From>
void add_between_integers(Rows* rows) {
  rows->push_back(lanewise<[](From a) { return as_result(integer_to_integer<To>(a, false)); }>(
      "cvt" + types<To, From>(), true));
  // .sat stands only where a value may not fit.
  constexpr bool kFits =
      std::cmp_less_equal(std::numeric_limits<To>::min(), std::numeric_limits<From>::min()) &&
      std::cmp_greater_equal(std::numeric_limits<To>::max(), std::numeric_limits<From>::max());
  if constexpr (!kFits) {
    rows->push_back(lanewise<[](From a) { return as_result(integer_to_integer<To>(a, true)); }>(
        "cvt.sat" + types<To, From>(), true));
  }
}

// Of an integer no f32 is subnormal: .ftz says nothing.
template <class To, class From, Rounding kRounding, bool kSat>
void add_from_integer(Rows* rows) {
  constexpr Mode kMode = {.rounding = kRounding, .sat = kSat};
  const Row row = lanewise<[](From a) {
    return integer_to_float<To>(a, Mode{.rounding = kRounding, .sat = kSat});
  }>("", true);
  const std::string start = std::string("cvt") + spelled(kRounding);
  const std::string end = spelled_clamps(kMode) + types<To, From>();
  push_named(rows, row, {start + end});
  if constexpr (std::is_same_v<To, F32>) push_named(rows, row, {start + ".ftz" + end});
}

// The result is kept in the integer's range with or without .sat, which bf16 cannot have.
template <class To, class From, Rounding kRounding, bool kFtz>
void add_to_integer(Rows* rows) {
  const Row row = lanewise<[](From a) {
    return as_result(float_to_integer<To>(a, Mode{.rounding = kRounding, .ftz = kFtz}));
  }>("", true);
  const std::string start = std::string("cvt") + spelled_integral(kRounding) + (kFtz ? ".ftz" : "");
  push_named(rows, row, {start + types<To, From>()});
  if constexpr (!std::is_same_v<From, Bf16>) {
    push_named(rows, row, {start + ".sat" + types<To, From>()});
  }
}

template <class T, Rounding kRounding>
void add_rounding(Rows* rows) {
  add_from_integer<F16, T, kRounding, false>(rows);
  add_from_integer<F16, T, kRounding, true>(rows);
  add_from_integer<Bf16, T, kRounding, false>(rows);
  add_from_integer<F32, T, kRounding, false>(rows);
  add_from_integer<F32, T, kRounding, true>(rows);
  add_from_integer<F64, T, kRounding, false>(rows);
  add_from_integer<F64, T, kRounding, true>(rows);
  add_to_integer<T, F16, kRounding, false>(rows);
  add_to_integer<T, Bf16, kRounding, false>(rows);
  add_to_integer<T, F32, kRounding, false>(rows);
  add_to_integer<T, F32, kRounding, true>(rows);
  add_to_integer<T, F64, kRounding, false>(rows);
}

template <class T>
void add_integer(Rows* rows) {
  add_between_integers<T, uint8_t>(rows);
  add_between_integers<T, int8_t>(rows);
  add_between_integers<T, uint16_t>(rows);
  add_between_integers<T, int16_t>(rows);
  add_between_integers<T, uint32_t>(rows);
  add_between_integers<T, int32_t>(rows);
  add_between_integers<T, uint64_t>(rows);
  add_between_integers<T, int64_t>(rows);
  add_rounding<T, Rounding::kNearest>(rows);
  add_rounding<T, Rounding::kZero>(rows);
  add_rounding<T, Rounding::kDown>(rows);
  add_rounding<T, Rounding::kUp>(rows);
}

}  // namespace

void add_integer_conversions(Rows* rows) {
  add_integer<uint8_t>(rows);
  add_integer<int8_t>(rows);
  add_integer<uint16_t>(rows);
  add_integer<int16_t>(rows);
  add_integer<uint32_t>(rows);
  add_integer<int32_t>(rows);
  add_integer<uint64_t>(rows);
  add_integer<int64_t>(rows);
}

}  // namespace ptxsim::isa
