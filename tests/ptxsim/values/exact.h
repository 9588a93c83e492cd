// What: results of numbers of up to 24 bits in a double, such that rounding them once more, in any
// direction, to 24 bits or fewer gives what rounding the exact result would have given. A product
// fits. A quotient that is no number of 25 bits differs from each by more than 2^-50 of itself, a
// square root by more than 2^-52, so that the nearest double lies on the same side of all of them:
// the host's operations serve as they are. A sum may come arbitrarily near; it is rounded to odd
// (Boldo and Melquiond): where a double cannot hold it, it is the one of its two neighbours whose
// last bit is set.
// Threads: pure. The host rounds to nearest.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "tests/ptxsim/values/mode.h"

namespace ptxsim {

// `nearest` is the exact result rounded to nearest; `error` has the sign of what is missing.
inline double to_odd(double nearest, double error) {
  const uint64_t bits = std::bit_cast<uint64_t>(nearest);
  if (error == 0 || (bits & 1) != 0) return nearest;
  const bool outward = std::signbit(nearest) == std::signbit(error);
  return std::bit_cast<double>(outward ? bits + 1 : bits - 1);
}

// An exact zero of unlike terms is -0 when rounding down.
inline double odd_sum(double a, double b, Rounding rounding) {
  const double sum = a + b;
  if (!std::isfinite(sum)) return sum;
  if (sum == 0) {
    const bool unlike = a != 0 || std::signbit(a) != std::signbit(b);
    return unlike && rounding == Rounding::kDown ? -0.0 : sum;
  }
  const double part = sum - a;
  return to_odd(sum, (a - (sum - part)) + (b - part));
}

// 1/sqrt(a) for a positive a of up to 24 bits, to be rounded to 24 at most. The nearest candidate
// of 26 bits has a square of 52, so that one fused operation says on which side of the exact result
// it lies; the double nearest to that is moved there if it is not.
inline double reciprocal_root(double a) {
  constexpr uint64_t kStep = uint64_t{1} << 27;
  const double close = 1 / std::sqrt(a);
  const uint64_t bits = (std::bit_cast<uint64_t>(close) + kStep / 2) & ~uint64_t{kStep - 1};
  const double candidate = std::bit_cast<double>(bits);
  const double beyond = std::fma(candidate * candidate, a, -1.0);
  if (beyond == 0) return candidate;
  return beyond > 0 ? std::fmin(close, std::bit_cast<double>(bits - 1))
                    : std::fmax(close, std::bit_cast<double>(bits + 1));
}

}  // namespace ptxsim
