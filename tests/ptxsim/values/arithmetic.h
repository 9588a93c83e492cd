// What: arithmetic on f32, f16 and bf16 as the instructions do it: one rounding, then .ftz, .sat
// and .relu. A NaN result is the canonical one.
// Threads: pure. The host rounds to nearest and has its subnormals.
#pragma once

#include <type_traits>

#include "tests/ptxsim/values/exact.h"
#include "tests/ptxsim/values/minifloat.h"

namespace ptxsim {

template <class T>
bool is_nan(T value) {
  return (value.bits & (kFormatOf<T>.sign() - 1)) > kFormatOf<T>.infinity();
}

template <class T>
T canonical_nan() {
  return T{static_cast<typename T::Word>(kFormatOf<T>.nan())};
}

template <class T>
bool is_negative(T value) {
  return (value.bits & kFormatOf<T>.sign()) != 0;
}

// A subnormal becomes a zero of its sign.
template <class T>
T flushed(T value, bool ftz) {
  const auto magnitude = value.bits & (kFormatOf<T>.sign() - 1);
  if (!ftz || magnitude >= kFormatOf<T>.smallest_normal()) return value;
  return T{static_cast<typename T::Word>(value.bits & kFormatOf<T>.sign())};
}

// What the modifiers make of a rounded result.
template <class T>
T clamped(T value, const Mode& mode) {
  if (is_nan(value)) return mode.sat ? T{0} : canonical_nan<T>();
  value = flushed(value, mode.ftz);
  if (!mode.sat && !mode.relu) return value;
  if (is_negative(value)) return T{0};
  constexpr auto kOne = static_cast<typename T::Word>(static_cast<uint64_t>(kFormatOf<T>.bias)
                                                      << kFormatOf<T>.mantissa_bits);
  return mode.sat && value.bits > kOne ? T{kOne} : value;
}

template <class T>
T rounded(double value, const Mode& mode) {
  if constexpr (std::is_same_v<T, F32>) {
    if (mode.rounding == Rounding::kNearest && !mode.satfinite) {
      return clamped(F32{std::bit_cast<uint32_t>(static_cast<float>(value))}, mode);
    }
  }
  return clamped(round_to<T>(value, mode), mode);
}

inline float as_float(F32 value) {
  return std::bit_cast<float>(value.bits);
}
inline F32 from_float(float value, const Mode& mode) {
  return clamped(F32{std::bit_cast<uint32_t>(value)}, mode);
}

// To nearest, the host's float operations are the instructions themselves.
template <class T>
constexpr bool on_host(const Mode& mode) {
  return std::is_same_v<T, F32> && mode.rounding == Rounding::kNearest;
}

template <class T>
T fma(T a, T b, T c, const Mode& mode) {
  a = flushed(a, mode.ftz);
  b = flushed(b, mode.ftz);
  c = flushed(c, mode.ftz);
  if constexpr (std::is_same_v<T, F32>) {
    if (on_host<T>(mode)) return from_float(std::fma(as_float(a), as_float(b), as_float(c)), mode);
  }
  const double product = to_double(a) * to_double(b);
  return rounded<T>(odd_sum(product, to_double(c), mode.rounding), mode);
}

template <class T>
T add(T a, T b, const Mode& mode) {
  a = flushed(a, mode.ftz);
  b = flushed(b, mode.ftz);
  if constexpr (std::is_same_v<T, F32>) {
    if (on_host<T>(mode)) return from_float(as_float(a) + as_float(b), mode);
  }
  return rounded<T>(odd_sum(to_double(a), to_double(b), mode.rounding), mode);
}

// Of NaN too: nothing but its sign changes.
template <class T>
T neg(T a, bool ftz) {
  a = flushed(a, ftz);
  return T{static_cast<typename T::Word>(a.bits ^ kFormatOf<T>.sign())};
}

template <class T>
T abs(T a, bool ftz) {
  a = flushed(a, ftz);
  return T{static_cast<typename T::Word>(a.bits & (kFormatOf<T>.sign() - 1))};
}

template <class T>
T copysign(T sign, T magnitude) {
  const uint64_t mask = kFormatOf<T>.sign();
  return T{static_cast<typename T::Word>((sign.bits & mask) | (magnitude.bits & ~mask))};
}

template <class T>
T sub(T a, T b, const Mode& mode) {
  return add(a, neg(b, false), mode);
}

template <class T>
T mul(T a, T b, const Mode& mode) {
  a = flushed(a, mode.ftz);
  b = flushed(b, mode.ftz);
  if constexpr (std::is_same_v<T, F32>) {
    if (on_host<T>(mode)) return from_float(as_float(a) * as_float(b), mode);
  }
  return rounded<T>(to_double(a) * to_double(b), mode);
}

inline F32 div(F32 a, F32 b, const Mode& mode) {
  a = flushed(a, mode.ftz);
  b = flushed(b, mode.ftz);
  if (on_host<F32>(mode)) return from_float(as_float(a) / as_float(b), mode);
  return rounded<F32>(to_double(a) / to_double(b), mode);
}

inline F32 rcp(F32 a, const Mode& mode) {
  return div(F32{0x3F800000}, a, mode);
}

inline F32 sqrt(F32 a, const Mode& mode) {
  a = flushed(a, mode.ftz);
  if (on_host<F32>(mode)) return from_float(std::sqrt(as_float(a)), mode);
  return rounded<F32>(std::sqrt(to_double(a)), mode);
}

// f32 = f16 or bf16 … : the narrow operands are f32 numbers as they stand. None of these has .ftz.
template <class T>
F32 widened(T value) {
  return from_float(static_cast<float>(to_double(value)), {});
}
template <class T>
F32 mixed_add(T a, F32 c, const Mode& mode) {
  return add(widened(a), c, mode);
}
template <class T>
F32 mixed_sub(T a, F32 c, const Mode& mode) {
  return sub(widened(a), c, mode);
}
template <class T>
F32 mixed_fma(T a, T b, F32 c, const Mode& mode) {
  return fma(widened(a), widened(b), c, mode);
}

}  // namespace ptxsim
