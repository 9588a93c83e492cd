#include "tests/ptxsim/values/compare.h"

namespace ptxsim {
namespace {

// An integer whose order is that of the values; the two zeros are one.
template <class T>
int64_t rank_of(T value) {
  const int64_t magnitude = static_cast<int64_t>(value.bits & (kFormatOf<T>.sign() - 1));
  return is_negative(value) ? -magnitude : magnitude;
}

}  // namespace

template <class T>
bool holds(Comparison comparison, T a, T b, bool ftz) {
  const bool unordered = is_nan(a) || is_nan(b);
  if (comparison == Comparison::kNum) return !unordered;
  if (comparison == Comparison::kNan) return unordered;
  if (unordered) return comparison >= Comparison::kEqu;
  const int64_t x = rank_of(flushed(a, ftz)), y = rank_of(flushed(b, ftz));
  switch (comparison) {
    case Comparison::kEq:
    case Comparison::kEqu:
      return x == y;
    case Comparison::kNe:
    case Comparison::kNeu:
      return x != y;
    case Comparison::kLt:
    case Comparison::kLtu:
      return x < y;
    case Comparison::kLe:
    case Comparison::kLeu:
      return x <= y;
    case Comparison::kGt:
    case Comparison::kGtu:
      return x > y;
    default:
      return x >= y;
  }
}

template <class T>
T min_or_max(Extreme which, T a, T b, const ExtremeMode& mode) {
  const bool negative = is_negative(a) != is_negative(b);
  a = mode.abs ? abs(a, mode.ftz) : flushed(a, mode.ftz);
  b = mode.abs ? abs(b, mode.ftz) : flushed(b, mode.ftz);
  if (is_nan(a) || is_nan(b)) {
    if (mode.nan || (is_nan(a) && is_nan(b))) return canonical_nan<T>();
    (is_nan(a) ? a : b) = is_nan(a) ? b : a;
  }
  // Of two zeros -0 is the lesser.
  const bool a_is_less =
      rank_of(a) != rank_of(b) ? rank_of(a) < rank_of(b) : is_negative(a) && !is_negative(b);
  const T result = a_is_less == (which == Extreme::kMin) ? a : b;
  return mode.xorsign && negative ? neg(result, false) : result;
}

// Zero counts as normal.
bool has_property(Property property, F32 value) {
  const uint32_t magnitude = value.bits & 0x7FFFFFFF;
  switch (property) {
    case Property::kFinite:
      return magnitude < 0x7F800000;
    case Property::kInfinite:
      return magnitude == 0x7F800000;
    case Property::kNumber:
      return magnitude <= 0x7F800000;
    case Property::kNotANumber:
      return magnitude > 0x7F800000;
    case Property::kNormal:
      return magnitude == 0 || (magnitude >= 0x00800000 && magnitude < 0x7F800000);
    case Property::kSubnormal:
      break;
  }
  return magnitude != 0 && magnitude < 0x00800000;
}

template bool holds(Comparison, F32, F32, bool);
template bool holds(Comparison, F16, F16, bool);
template bool holds(Comparison, Bf16, Bf16, bool);
template F32 min_or_max(Extreme, F32, F32, const ExtremeMode&);
template F16 min_or_max(Extreme, F16, F16, const ExtremeMode&);
template Bf16 min_or_max(Extreme, Bf16, Bf16, const ExtremeMode&);

}  // namespace ptxsim
