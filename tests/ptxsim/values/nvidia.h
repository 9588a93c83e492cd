// What: for tests: NVIDIA's host emulation of the conversions and of the arithmetic on halves.
// Their headers stay in nvidia.cc.
// Threads: pure.
#pragma once

#include "tests/ptxsim/values/mode.h"
#include "tests/ptxsim/values/types.h"

namespace ptxsim::nvidia {

// To nearest, saturating, of E2m1, E2m3, E3m2, E4m3, E5m2. NaN has the sign of the operand.
template <class T>
T narrow_of(float value);
template <class T>
F16 f16_of(T narrow);

Ue8m0 scale_of(float value, Rounding rounding, bool satfinite);
Ue8m0 scale_of(Bf16 value, Rounding rounding, bool satfinite);
Bf16 bf16_of(Ue8m0 scale);

// Of F16 and Bf16.
template <class T>
T half_of(float value, Rounding rounding);
template <class T>
T half_of(double value);
float float_of(F16 value);
float float_of(Bf16 value);
// Of int32_t, uint32_t, int64_t, uint64_t, int16_t, uint16_t.
template <class Integer>
F16 f16_of_integer(Integer value, Rounding rounding);
template <class Integer>
Bf16 bf16_of_integer(Integer value);  // to nearest
// Toward zero; also of int8_t and uint8_t.
template <class Integer>
Integer integer_of(F16 value);
template <class Integer>
Integer integer_of(Bf16 value);

template <class T>
struct Halves {
  static T add(T a, T b);
  static T sub(T a, T b);
  static T mul(T a, T b);
  static T add_sat(T a, T b);
  static T sub_sat(T a, T b);
  static T mul_sat(T a, T b);
  static T min(T a, T b);
  static T max(T a, T b);
  static T min_nan(T a, T b);
  static T max_nan(T a, T b);
  static T abs(T a);
  static T neg(T a);
  // By the name that setp has for it: "eq" … "geu".
  static bool holds(const char* comparison, T a, T b);
};

}  // namespace ptxsim::nvidia
