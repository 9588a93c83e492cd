// What: the comparisons of floating-point numbers, one after another, for setp and set.
// Threads: pure.
#pragma once

#include <iterator>
#include <utility>

#include "tests/ptxsim/isa/float_rows.h"
#include "tests/ptxsim/values/compare.h"

namespace ptxsim::isa {

inline constexpr const char* kComparisonNames[] = {"eq",  "ne",  "lt",  "le",  "gt",  "ge",  "equ",
                                                   "neu", "ltu", "leu", "gtu", "geu", "num", "nan"};

// Add<comparison>::to(rows, its name).
template <template <Comparison> class Add, size_t... kIndex>
void for_each_comparison(Rows* rows, std::index_sequence<kIndex...>) {
  (Add<static_cast<Comparison>(kIndex)>::to(rows, kComparisonNames[kIndex]), ...);
}

template <template <Comparison> class Add>
void for_each_comparison(Rows* rows) {
  for_each_comparison<Add>(rows, std::make_index_sequence<std::size(kComparisonNames)>{});
}

}  // namespace ptxsim::isa
