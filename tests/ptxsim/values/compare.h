// What: the comparisons of setp and set, min and max, testp.
// Threads: pure.
#pragma once

#include "tests/ptxsim/values/arithmetic.h"

namespace ptxsim {

// Those in "u" hold where an operand is NaN.
enum class Comparison : uint8_t {
  kEq,
  kNe,
  kLt,
  kLe,
  kGt,
  kGe,
  kEqu,
  kNeu,
  kLtu,
  kLeu,
  kGtu,
  kGeu,
  kNum,
  kNan,
};

// Of F32, F16, Bf16.
template <class T>
bool holds(Comparison comparison, T a, T b, bool ftz);

enum class Extreme : uint8_t { kMin, kMax };

struct ExtremeMode {
  bool ftz = false;
  bool nan = false;      // .NaN: a NaN operand makes a NaN
  bool abs = false;      // of the magnitudes
  bool xorsign = false;  // the sign is the exclusive or of the operands' signs
};

template <class T>
T min_or_max(Extreme which, T a, T b, const ExtremeMode& mode);

// min and max of three.
template <class T>
T min_or_max(Extreme which, T a, T b, T c, const ExtremeMode& mode) {
  return min_or_max(which, min_or_max(which, a, b, mode), c, mode);
}

enum class Property : uint8_t { kFinite, kInfinite, kNumber, kNotANumber, kNormal, kSubnormal };

// Zero counts as normal.
bool has_property(Property property, F32 value);

}  // namespace ptxsim
