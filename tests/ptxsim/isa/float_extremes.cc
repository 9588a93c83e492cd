// min, max, abs and neg of floating-point numbers; min, max and add of pairs of 16-bit integers.
#include <algorithm>

#include "tests/ptxsim/isa/float_rows.h"
#include "tests/ptxsim/values/compare.h"
#include "tests/ptxsim/values/packed.h"

namespace ptxsim::isa {
namespace {

std::string spelled(const ExtremeMode& mode) {
  std::string text;
  if (mode.ftz) text += ".ftz";
  if (mode.nan) text += ".NaN";
  if (mode.xorsign) text += ".xorsign";
  if (mode.abs) text += ".abs";
  return text;
}

template <class T, ExtremeMode kMode>
void add_two(Rows* rows) {
  constexpr auto kMin = Extreme::kMin, kMax = Extreme::kMax;
  const std::string end = spelled(kMode) + kTypeName<T>;
  rows->push_back(lanewise<[](T a, T b) { return min_or_max(kMin, a, b, kMode); }>("min" + end));
  rows->push_back(lanewise<[](T a, T b) { return min_or_max(kMax, a, b, kMode); }>("max" + end));
}

template <class T, ExtremeMode kMode>
void add_two_pairs(Rows* rows) {
  using Element = ElementOf<T>;
  const std::string end = spelled(kMode) + kTypeName<T>;
  rows->push_back(lanewise<[](T a, T b) {
    return each_half([](Element x, Element y) { return min_or_max(Extreme::kMin, x, y, kMode); }, a,
                     b);
  }>("min" + end));
  rows->push_back(lanewise<[](T a, T b) {
    return each_half([](Element x, Element y) { return min_or_max(Extreme::kMax, x, y, kMode); }, a,
                     b);
  }>("max" + end));
}

template <ExtremeMode kMode>
void add_three(Rows* rows) {
  const std::string end = spelled(kMode) + ".f32";
  rows->push_back(
      lanewise<[](F32 a, F32 b, F32 c) { return min_or_max(Extreme::kMin, a, b, c, kMode); }>(
          "min" + end));
  rows->push_back(
      lanewise<[](F32 a, F32 b, F32 c) { return min_or_max(Extreme::kMax, a, b, c, kMode); }>(
          "max" + end));
}

template <class T, bool kFtz>
void add_signs(Rows* rows) {
  const std::string end = std::string(kFtz ? ".ftz" : "") + kTypeName<T>;
  rows->push_back(lanewise<[](T a) { return abs(a, kFtz); }>("abs" + end));
  rows->push_back(lanewise<[](T a) { return neg(a, kFtz); }>("neg" + end));
}

template <class T, bool kFtz>
void add_pair_signs(Rows* rows) {
  using Element = ElementOf<T>;
  const std::string end = std::string(kFtz ? ".ftz" : "") + kTypeName<T>;
  rows->push_back(
      lanewise<[](T a) { return each_half([](Element x) { return abs(x, kFtz); }, a); }>("abs" +
                                                                                         end));
  rows->push_back(
      lanewise<[](T a) { return each_half([](Element x) { return neg(x, kFtz); }, a); }>("neg" +
                                                                                         end));
}

template <bool kFtz>
void add_f32(Rows* rows) {
  add_two<F32, ExtremeMode{.ftz = kFtz}>(rows);
  add_two<F32, ExtremeMode{.ftz = kFtz, .nan = true}>(rows);
  add_two<F32, ExtremeMode{.ftz = kFtz, .abs = true, .xorsign = true}>(rows);
  add_two<F32, ExtremeMode{.ftz = kFtz, .nan = true, .abs = true, .xorsign = true}>(rows);
  add_three<ExtremeMode{.ftz = kFtz}>(rows);
  add_three<ExtremeMode{.ftz = kFtz, .nan = true}>(rows);
  add_three<ExtremeMode{.ftz = kFtz, .abs = true}>(rows);
  add_three<ExtremeMode{.ftz = kFtz, .nan = true, .abs = true}>(rows);
  add_signs<F32, kFtz>(rows);
}

template <class T, class Packed, ExtremeMode kMode>
void add_halves(Rows* rows) {
  add_two<T, kMode>(rows);
  add_two_pairs<Packed, kMode>(rows);
}

template <class T, class Packed, bool kFtz>
void add_half(Rows* rows) {
  add_halves<T, Packed, ExtremeMode{.ftz = kFtz}>(rows);
  add_halves<T, Packed, ExtremeMode{.ftz = kFtz, .nan = true}>(rows);
  add_halves<T, Packed, ExtremeMode{.ftz = kFtz, .abs = true, .xorsign = true}>(rows);
  add_halves<T, Packed, ExtremeMode{.ftz = kFtz, .nan = true, .abs = true, .xorsign = true}>(rows);
  add_signs<T, kFtz>(rows);
  add_pair_signs<Packed, kFtz>(rows);
}

template <class T>
void add_integer_pairs(Rows* rows) {
  using Element = ElementOf<T>;
  rows->push_back(lanewise<[](T a, T b) {
    return each_half([](Element x, Element y) { return static_cast<Element>(x + y); }, a, b);
  }>(std::string("add") + kTypeName<T>));
  rows->push_back(lanewise<[](T a, T b) {
    return each_half([](Element x, Element y) { return std::min(x, y); }, a, b);
  }>(std::string("min") + kTypeName<T>));
  rows->push_back(lanewise<[](T a, T b) {
    return each_half([](Element x, Element y) { return std::max(x, y); }, a, b);
  }>(std::string("max") + kTypeName<T>));
}

}  // namespace

void add_float_extremes(Rows* rows) {
  add_f32<false>(rows);
  add_f32<true>(rows);
}

void add_half_extremes(Rows* rows) {
  add_half<F16, F16x2, false>(rows);
  add_half<F16, F16x2, true>(rows);
  add_half<Bf16, Bf16x2, false>(rows);
  add_integer_pairs<U16x2>(rows);
  add_integer_pairs<S16x2>(rows);
}

}  // namespace ptxsim::isa
