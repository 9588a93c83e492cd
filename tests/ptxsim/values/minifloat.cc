#include "tests/ptxsim/values/minifloat.h"

namespace ptxsim {
namespace {

// Whether a magnitude grows by one unit when `rest` of `unit` (a power of two) is rounded off.
// `last_is_odd`: of what is kept.
bool rounds_away(Rounding rounding, bool negative, bool last_is_odd, uint64_t rest, uint64_t unit) {
  switch (rounding) {
    case Rounding::kZero:
      return false;
    case Rounding::kDown:
      return negative && rest != 0;
    case Rounding::kUp:
      return !negative && rest != 0;
    case Rounding::kNearestAway:
      return rest >= unit / 2;
    case Rounding::kNearest:
      break;
  }
  return rest > unit / 2 || (rest == unit / 2 && last_is_odd);
}

// The code of a finite magnitude, without sign; beyond the greatest where the format ends. Between
// the numbers of a format lie equal steps from one exponent to the next, so that a carry out of the
// mantissa is the next exponent by itself.
uint64_t encode_magnitude(const FloatFormat& format, Magnitude value, bool negative,
                          Rounding rounding) {
  if (value.significand == 0) return 0;
  const int least_exponent = 1 - format.bias;
  const int leading = value.exponent + std::bit_width(value.significand) - 1;
  const int above = leading > least_exponent ? leading - least_exponent : 0;
  const int cut = least_exponent + above - format.mantissa_bits - value.exponent;
  const uint64_t steps = static_cast<uint64_t>(above) << format.mantissa_bits;
  if (cut <= 0) return (value.significand << -cut) + steps;
  if (cut >= 64) {
    // Nothing is kept. Beyond 64 it is less than half a step, as 1 of 4 is.
    const bool half_fits = cut == 64;
    const uint64_t rest = half_fits ? value.significand >> 1 | (value.significand & 1) : 1;
    const uint64_t unit = half_fits ? uint64_t{1} << 63 : 4;
    return rounds_away(rounding, negative, false, rest, unit) + steps;
  }
  const uint64_t unit = uint64_t{1} << cut, rest = value.significand & (unit - 1);
  const uint64_t kept = value.significand >> cut;
  return kept + rounds_away(rounding, negative, (kept & 1) != 0, rest, unit) + steps;
}

// Of a number whose rounding went beyond the greatest.
uint64_t overflow_code(const FloatFormat& format, bool negative, const Mode& mode) {
  const bool stays = mode.rounding == Rounding::kZero ||
                     (mode.rounding == Rounding::kDown && !negative) ||
                     (mode.rounding == Rounding::kUp && negative);
  return stays || mode.satfinite ? format.greatest() : format.infinity();
}

}  // namespace

uint64_t encode(const FloatFormat& format, Magnitude value, bool negative, const Mode& mode) {
  const bool scale = format.specials == Specials::kScale;
  if (scale) {
    negative = false;
    // The first code of a scale is a power of two where other formats have zero.
    const int leading = value.exponent + std::bit_width(value.significand) - 1;
    const bool is_power = std::has_single_bit(value.significand);
    if (value.significand == 0 || leading < -format.bias || (leading == -format.bias && is_power)) {
      return 0;
    }
  }
  uint64_t code = encode_magnitude(format, value, negative, mode.rounding);
  if (code > format.greatest()) code = overflow_code(format, negative, mode);
  return negative ? code | format.sign() : code;
}

uint64_t encode(const FloatFormat& format, double value, const Mode& mode) {
  if (std::isnan(value)) return format.nan();
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const bool negative = bits >> 63 != 0;
  if (std::isinf(value)) {
    const uint64_t code = mode.satfinite ? format.greatest() : format.infinity();
    return negative && format.specials != Specials::kScale ? code | format.sign() : code;
  }
  const uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  const int field = static_cast<int>(bits >> 52 & 0x7FF);
  const Magnitude magnitude = field == 0 ? Magnitude{mantissa, -1074}
                                         : Magnitude{mantissa | uint64_t{1} << 52, field - 1075};
  return encode(format, magnitude, negative, mode);
}

}  // namespace ptxsim
