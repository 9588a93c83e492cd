#include "tests/ptxsim/values/approx.h"

#include <atomic>
#include <numbers>

namespace ptxsim {
namespace {

std::atomic<Approximation> approximation = Approximation::kCorrect;

// How far from the exact result the manual lets an instruction be: so many units from the correctly
// rounded one, or a part of the exact one, or so much. Zero: not given.
struct Bound {
  double units = 0, relative = 0, absolute = 0;
};

// 1, 0 or -1 of the operands' bits (the finalizer of MurmurHash3).
int random_step(uint64_t operands) {
  operands ^= operands >> 33;
  operands *= 0xFF51AFD7ED558CCDu;
  operands ^= operands >> 33;
  operands *= 0xC4CEB9FE1A85EC53u;
  operands ^= operands >> 33;
  return static_cast<int>(operands % 3) - 1;
}

int step_of(uint64_t operands) {
  switch (approximation.load(std::memory_order_relaxed)) {
    case Approximation::kOutward:
      return 1;
    case Approximation::kInward:
      return -1;
    case Approximation::kRandom:
      return random_step(operands);
    case Approximation::kCorrect:
      break;
  }
  return 0;
}

// `exact`: the result in a double that decides its rounding (exact.h).
template <class T>
T approximated(double exact, uint64_t operands, const Bound& bound, bool ftz) {
  const Mode mode = {.ftz = ftz};
  const T correct = rounded<T>(exact, mode);
  const int step = step_of(operands);
  const uint64_t magnitude = correct.bits & (kFormatOf<T>.sign() - 1);
  if (step == 0 || magnitude == 0 || magnitude >= kFormatOf<T>.infinity()) return correct;
  const T moved = {static_cast<typename T::Word>(correct.bits + static_cast<uint64_t>(step))};
  const uint64_t least = ftz ? kFormatOf<T>.smallest_normal() : 1;
  const uint64_t at = moved.bits & (kFormatOf<T>.sign() - 1);
  if (at < least || at > kFormatOf<T>.greatest()) return correct;
  const double error = std::abs(to_double(moved) - exact);
  const bool allowed =
      bound.units >= 1 || error <= bound.absolute || error <= bound.relative * std::abs(exact);
  return allowed ? moved : correct;
}

// The functions that are no quotient or root are computed in a long double, with an error below
// 2^-62 of the result. That decides the rounding: over all f32 operands, of sin and cos up to 512,
// no exact result lies nearer than 2^-59 to the middle of two f32.
double odd(long double value) {
  const double nearest = static_cast<double>(value);
  if (!std::isfinite(nearest)) return nearest;
  return to_odd(nearest, static_cast<double>(value - nearest));
}

}  // namespace

std::optional<Approximation> approximation_named(std::string_view text) {
  if (text.empty()) return Approximation::kCorrect;
  if (text == "+1") return Approximation::kOutward;
  if (text == "-1") return Approximation::kInward;
  if (text == "random") return Approximation::kRandom;
  return std::nullopt;
}

void set_approximation(Approximation mode) {
  approximation.store(mode);
}

F32 rcp_approx(F32 a, bool ftz) {
  a = flushed(a, ftz);
  return approximated<F32>(1 / to_double(a), a.bits, {.units = 1}, ftz);
}

F32 sqrt_approx(F32 a, bool ftz) {
  a = flushed(a, ftz);
  return approximated<F32>(std::sqrt(to_double(a)), a.bits, {.relative = 0x1p-23}, ftz);
}

F32 rsqrt_approx(F32 a, bool ftz) {
  const double read = to_double(flushed(a, ftz));
  const bool special = !(read > 0) || std::isinf(read);
  const double exact = special ? 1 / std::sqrt(read) : reciprocal_root(read);
  return approximated<F32>(exact, a.bits, {.relative = std::exp2(-22.9)}, ftz);
}

F32 ex2_approx(F32 a, bool ftz) {
  const double read = to_double(flushed(a, ftz));
  if (read == 0) return F32{0x3F800000};
  return approximated<F32>(odd(std::exp2(static_cast<long double>(read))), a.bits, {.units = 2},
                           ftz);
}

// Between 1/2 and 2 the manual allows an absolute 2^-22, which is more than this.
F32 lg2_approx(F32 a, bool ftz) {
  const double read = to_double(flushed(a, ftz));
  const double exact = odd(std::log2(static_cast<long double>(read)));
  return approximated<F32>(exact, a.bits, {.relative = 0x1p-22}, ftz);
}

namespace {

// Of sin and cos: the farther from zero the operand, the greater the error, until there is no
// bound.
Bound turning_bound(double angle) {
  const double turns = std::abs(angle) / (2 * std::numbers::pi);
  if (turns > 50) return {.units = 1};
  return {.absolute = std::exp2(turns > 1 ? -14.7 : -20.5)};
}

}  // namespace

F32 sin_approx(F32 a, bool ftz) {
  const double read = to_double(flushed(a, ftz));
  const double exact = odd(std::sin(static_cast<long double>(read)));
  return approximated<F32>(exact, a.bits, turning_bound(read), ftz);
}

F32 cos_approx(F32 a, bool ftz) {
  const double read = to_double(flushed(a, ftz));
  if (read == 0) return F32{0x3F800000};
  const double exact = odd(std::cos(static_cast<long double>(read)));
  return approximated<F32>(exact, a.bits, turning_bound(read), ftz);
}

// A subnormal operand is its own result, as the manual says.
F32 tanh_approx(F32 a) {
  if (flushed(a, true) != a) return a;
  const double read = to_double(a);
  if (std::isinf(read)) return rounded<F32>(std::tanh(read), {});
  const double exact = odd(std::tanh(static_cast<long double>(read)));
  return approximated<F32>(exact, a.bits, {.relative = 0x1p-11}, false);
}

// a * (1/b): a reciprocal of a great b is a subnormal, which the instruction takes for zero.
F32 div_approx(F32 a, F32 b, bool ftz) {
  a = flushed(a, ftz);
  b = flushed(b, ftz);
  const double divisor = to_double(b);
  if (std::isfinite(divisor) && std::abs(divisor) > 0x1p126) {
    return rounded<F32>(to_double(a) * std::copysign(0.0, divisor), {});
  }
  return div_full(a, b, ftz);
}

F32 div_full(F32 a, F32 b, bool ftz) {
  a = flushed(a, ftz);
  b = flushed(b, ftz);
  return approximated<F32>(to_double(a) / to_double(b), uint64_t{a.bits} << 32 | b.bits,
                           {.units = 2}, ftz);
}

F16 ex2_approx(F16 a) {
  const double read = to_double(a);
  if (read == 0) return F16{0x3C00};
  return approximated<F16>(odd(std::exp2(static_cast<long double>(read))), a.bits,
                           {.relative = std::exp2(-9.9)}, false);
}

Bf16 ex2_approx_ftz(Bf16 a) {
  const double read = to_double(flushed(a, true));
  if (read == 0) return Bf16{0x3F80};
  return approximated<Bf16>(odd(std::exp2(static_cast<long double>(read))), a.bits,
                            {.relative = 0x1p-7}, true);
}

F16 tanh_approx(F16 a) {
  const double read = to_double(a);
  if (std::isinf(read)) return rounded<F16>(std::tanh(read), {});
  return approximated<F16>(odd(std::tanh(static_cast<long double>(read))), a.bits,
                           {.absolute = std::exp2(-10.987)}, false);
}

Bf16 tanh_approx(Bf16 a) {
  const double read = to_double(a);
  if (std::isinf(read)) return rounded<Bf16>(std::tanh(read), {});
  return approximated<Bf16>(odd(std::tanh(static_cast<long double>(read))), a.bits,
                            {.absolute = 0x1p-8}, false);
}

}  // namespace ptxsim
