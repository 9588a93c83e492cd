// What: what the modifiers of a floating-point instruction ask for.
// Threads: values.
#pragma once

#include <cstdint>

namespace ptxsim {

enum class Rounding : uint8_t {
  kNearest,      // .rn, .rni: ties to even
  kZero,         // .rz, .rzi
  kDown,         // .rm, .rmi
  kUp,           // .rp, .rpi
  kNearestAway,  // .rna: ties away from zero
};

struct Mode {
  Rounding rounding = Rounding::kNearest;
  bool ftz = false;        // subnormal inputs and results become zeros of their sign
  bool sat = false;        // the result is kept in [0, 1], NaN becomes +0
  bool relu = false;       // a negative result becomes +0
  bool satfinite = false;  // beyond the greatest finite number stands that number
};

}  // namespace ptxsim
