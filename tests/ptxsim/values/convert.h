// What: the conversions of cvt: between floating-point formats, from and to integers, to integral
// values. An integer is its C++ type, a floating-point number its type of types.h.
// Threads: pure.
#pragma once

#include <limits>
#include <type_traits>
#include <utility>

#include "tests/ptxsim/values/arithmetic.h"

namespace ptxsim {

template <class T>
constexpr bool kIsInteger = std::is_integral_v<T>;

// .ftz is about f32 alone, be it what is read or what is written.
template <class T>
T flushed_if_f32(T value, bool ftz) {
  return std::is_same_v<T, F32> ? flushed(value, ftz) : value;
}

template <class To>
To finished(double value, Mode mode) {
  mode.ftz = mode.ftz && std::is_same_v<To, F32>;
  return rounded<To>(value, mode);
}

template <class To, class From>
To float_to_float(From value, const Mode& mode) {
  return finished<To>(to_double(flushed_if_f32(value, mode.ftz)), mode);
}

// The bits of a bf16 are the upper ones of an f32; a NaN keeps its payload.
inline F32 bf16_to_f32(Bf16 value, bool ftz) {
  return flushed(F32{uint32_t{value.bits} << 16}, ftz);
}

template <class To, class From>
To integer_to_float(From value, const Mode& mode) {
  const bool negative = value < 0;
  const uint64_t wide = static_cast<uint64_t>(value);
  const uint64_t code = encode(kFormatOf<To>, {negative ? ~wide + 1 : wide, 0}, negative, mode);
  return clamped(To{static_cast<typename To::Word>(code)}, mode);
}

// The integral number that the rounding chooses.
double integral(double value, Rounding rounding);

// cvt.rni.f32.f32 and its like.
template <class T>
T to_integral(T value, const Mode& mode) {
  const double read = to_double(flushed_if_f32(value, mode.ftz));
  Mode exact = mode;
  exact.rounding = Rounding::kNearest;
  return finished<T>(integral(read, mode.rounding), exact);
}

// What NaN becomes: zero, or the highest bit alone where f64 or 64-bit integers take part.
template <class To, class From>
constexpr To integer_of_nan() {
  if constexpr (std::is_same_v<From, F64> || sizeof(To) == 8) {
    return static_cast<To>(uint64_t{1} << (sizeof(To) * 8 - 1));
  } else {
    return 0;
  }
}

// A number beyond the integer's range becomes its nearest end, with or without .sat.
template <class To, class From>
To float_to_integer(From value, const Mode& mode) {
  if (is_nan(value)) return integer_of_nan<To, From>();
  const double read = integral(to_double(flushed_if_f32(value, mode.ftz)), mode.rounding);
  // The least is a power of two or zero and thus exact; so is what follows the greatest.
  constexpr double kLeast = static_cast<double>(std::numeric_limits<To>::min());
  constexpr double kAfterGreatest = 2.0 * (std::numeric_limits<To>::max() / 2 + 1);
  if (read < kLeast) return std::numeric_limits<To>::min();
  if (read >= kAfterGreatest) return std::numeric_limits<To>::max();
  return static_cast<To>(read);
}

template <class To, class From>
To integer_to_integer(From value, bool sat) {
  if (!sat) return static_cast<To>(value);
  if (std::cmp_less(value, std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  if (std::cmp_greater(value, std::numeric_limits<To>::max())) {
    return std::numeric_limits<To>::max();
  }
  return static_cast<To>(value);
}

// An f32 of 10 mantissa bits.
Tf32 to_tf32(F32 value, const Mode& mode);

// One element of a packed conversion. A negative one under .relu is zero; NaN stays NaN, or is the
// greatest number of a format without it.
template <class To, class From>
To to_element(From value, const Mode& mode) {
  const double read = to_double(value);
  return mode.relu && std::signbit(read) && !std::isnan(read) ? To{0} : round_to<To>(read, mode);
}

}  // namespace ptxsim
