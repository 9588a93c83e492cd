#include "tests/ptxsim/values/convert.h"

namespace ptxsim {

double integral(double value, Rounding rounding) {
  switch (rounding) {
    case Rounding::kZero:
      return std::trunc(value);
    case Rounding::kDown:
      return std::floor(value);
    case Rounding::kUp:
      return std::ceil(value);
    default:
      return std::rint(value);
  }
}

Tf32 to_tf32(F32 value, const Mode& mode) {
  // That of a 19-bit number, whose bits are the upper ones of the f32.
  constexpr FloatFormat kTf32 = {8, 10, 127, Specials::kInfinity};
  if (is_nan(value)) return {static_cast<uint32_t>(kFormatOf<F32>.nan())};
  const uint64_t code = encode(kTf32, to_double(value), mode);
  if (mode.relu && (code & kTf32.sign()) != 0) return {0};
  return {static_cast<uint32_t>(code << 13)};
}

}  // namespace ptxsim
