// What: the two integer roundings of all shape arithmetic.
#pragma once

namespace fp4jit {

template <class Int>
constexpr Int ceil_div(Int value, Int divisor) {
  return (value + divisor - 1) / divisor;
}

template <class Int>
constexpr Int round_up(Int value, Int multiple) {
  return ceil_div(value, multiple) * multiple;
}

}  // namespace fp4jit
