// What: the integer roundings of all shape arithmetic. The launch path divides by powers of two
// alone, and by shifts: a division of 64 bits would cost as much as the look-up.
#pragma once

#include <bit>
#include <type_traits>

namespace fp4jit {

template <class Int>
constexpr Int ceil_div(Int value, Int divisor) {
  return (value + divisor - 1) / divisor;
}

// Of a value that is not negative, by a power of two.
template <class Int>
constexpr Int divide_by_power(Int value, Int power) {
  return value >> std::countr_zero(static_cast<std::make_unsigned_t<Int>>(power));
}

// To a multiple of a power of two.
template <class Int>
constexpr Int round_up(Int value, Int power) {
  return (value + power - 1) & -power;
}

}  // namespace fp4jit
