// What: the formats of floating-point numbers, one row each, and the two functions between them: a
// code to its value, a value to the code that a rounding gives.
// Threads: pure.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "tests/ptxsim/values/mode.h"
#include "tests/ptxsim/values/types.h"

namespace ptxsim {

enum class Specials : uint8_t {
  kInfinity,  // IEEE: the last exponent is infinity and NaN
  kNanAlone,  // the last code alone is NaN
  kNone,      // every code is a number
  kScale,     // no sign, no zero: code c is 2^(c - bias), the last one is NaN
};

struct FloatFormat {
  int exponent_bits, mantissa_bits, bias;
  Specials specials;

  constexpr uint64_t sign() const { return uint64_t{1} << (exponent_bits + mantissa_bits); }
  constexpr uint64_t nan() const {
    return specials == Specials::kNone ? greatest() : uint64_t{sign() - 1};
  }
  constexpr uint64_t greatest() const {
    if (specials == Specials::kNone) return sign() - 1;
    if (specials == Specials::kInfinity) return infinity() - 1;
    return sign() - 2;
  }
  // What stands for a number too great; where there is no infinity it is NaN.
  constexpr uint64_t infinity() const {
    if (specials != Specials::kInfinity) return nan();
    return sign() - (uint64_t{1} << mantissa_bits);
  }
  constexpr uint64_t smallest_normal() const { return uint64_t{1} << mantissa_bits; }
};

template <class T>
inline constexpr FloatFormat kFormatOf = {};
template <>
inline constexpr FloatFormat kFormatOf<E2m1> = {2, 1, 1, Specials::kNone};
template <>
inline constexpr FloatFormat kFormatOf<E2m3> = {2, 3, 1, Specials::kNone};
template <>
inline constexpr FloatFormat kFormatOf<E3m2> = {3, 2, 3, Specials::kNone};
template <>
inline constexpr FloatFormat kFormatOf<E4m3> = {4, 3, 7, Specials::kNanAlone};
template <>
inline constexpr FloatFormat kFormatOf<E5m2> = {5, 2, 15, Specials::kInfinity};
template <>
inline constexpr FloatFormat kFormatOf<Ue8m0> = {8, 0, 127, Specials::kScale};
template <>
inline constexpr FloatFormat kFormatOf<F16> = {5, 10, 15, Specials::kInfinity};
template <>
inline constexpr FloatFormat kFormatOf<Bf16> = {8, 7, 127, Specials::kInfinity};
template <>
inline constexpr FloatFormat kFormatOf<F32> = {8, 23, 127, Specials::kInfinity};
template <>
inline constexpr FloatFormat kFormatOf<F64> = {11, 52, 1023, Specials::kInfinity};

// A magnitude: significand * 2^exponent.
struct Magnitude {
  uint64_t significand;
  int exponent;
};

// The code of a finite number. `mode`: its rounding and .satfinite.
uint64_t encode(const FloatFormat& format, Magnitude value, bool negative, const Mode& mode);

// The code of `value`, which is exact or decides the rounding of what is (exact.h).
uint64_t encode(const FloatFormat& format, double value, const Mode& mode);

// The value of a code, exactly.
inline double decode(const FloatFormat& format, uint64_t code) {
  if (format.specials == Specials::kScale) {
    if (code == format.nan()) return std::numeric_limits<double>::quiet_NaN();
    return std::bit_cast<double>((code + 1023 - static_cast<uint64_t>(format.bias)) << 52);
  }
  const uint64_t magnitude = code & (format.sign() - 1);
  const bool negative = (code & format.sign()) != 0;
  if (format.specials != Specials::kNone && magnitude >= format.infinity()) {
    if (magnitude != format.infinity() || format.specials == Specials::kNanAlone) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    return negative ? -HUGE_VAL : HUGE_VAL;
  }
  // Its fields, put where a double has them, are off by the difference of the biases.
  const double fields = std::bit_cast<double>(magnitude << (52 - format.mantissa_bits));
  const double scaled =
      fields * std::bit_cast<double>(static_cast<uint64_t>(1023 + 1023 - format.bias) << 52);
  return negative ? -scaled : scaled;
}

// The host's own formats need no decoding.
template <class T>
double to_double(T value) {
  if constexpr (std::is_same_v<T, F64>) {
    return std::bit_cast<double>(value.bits);
  } else if constexpr (std::is_same_v<T, F32>) {
    return static_cast<double>(std::bit_cast<float>(value.bits));
  } else {
    return decode(kFormatOf<T>, value.bits);
  }
}

template <class T>
T round_to(double value, const Mode& mode) {
  return T{static_cast<typename T::Word>(encode(kFormatOf<T>, value, mode))};
}

}  // namespace ptxsim
