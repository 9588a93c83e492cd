// set of floating-point numbers: all ones or 1.0 where the comparison holds, else zero.
#include "tests/ptxsim/isa/float_comparisons.h"
#include "tests/ptxsim/values/packed.h"

namespace ptxsim::isa {
namespace {

// Under the name of the result's type, and for an integer under that of its signed twin.
template <class Result, class T>
void push_set(Rows* rows, const Row& row, const char* name, bool ftz) {
  const char* flush = ftz ? ".ftz" : "";
  push_as(rows, row, {"set.", name, flush, kTypeName<Result>, kTypeName<T>});
  if constexpr (std::is_integral_v<Result>) {
    push_as(rows, row, {"set.", name, flush, kTypeName<std::make_signed_t<Result>>, kTypeName<T>});
  }
}

template <class T, bool kFtz, class Result, Result kTrue>
struct Set {
  template <Comparison kIs>
  struct Add {
    static Result value(T a, T b) { return holds(kIs, a, b, kFtz) ? kTrue : Result{}; }
    static void to(Rows* rows, const char* name) {
      push_set<Result, T>(rows, lanewise<&Add::value>(""), name, kFtz);
    }
  };
};

// Each half of the result is `kTrue` or zero.
template <class T, bool kFtz, class Result, uint16_t kTrue>
struct PairSet {
  template <Comparison kIs>
  struct Add {
    static uint32_t value(T a, T b) {
      const bool low = holds(kIs, element(a, 0), element(b, 0), kFtz);
      const bool high = holds(kIs, element(a, 1), element(b, 1), kFtz);
      return (high ? uint32_t{kTrue} << 16 : 0) | (low ? kTrue : 0);
    }
    static void to(Rows* rows, const char* name) {
      push_set<Result, T>(rows, lanewise<&Add::value>(""), name, kFtz);
    }
  };
};

template <bool kFtz>
void add_f32(Rows* rows) {
  for_each_comparison<Set<F32, kFtz, uint32_t, ~0u>::template Add>(rows);
  for_each_comparison<Set<F32, kFtz, F32, F32{0x3F800000}>::template Add>(rows);
}

template <class T, class Pair, uint16_t kOne, bool kFtz>
void add_half(Rows* rows) {
  for_each_comparison<Set<T, kFtz, uint16_t, 0xFFFF>::template Add>(rows);
  for_each_comparison<Set<T, kFtz, uint32_t, ~0u>::template Add>(rows);
  for_each_comparison<Set<T, kFtz, T, T{kOne}>::template Add>(rows);
  for_each_comparison<PairSet<Pair, kFtz, uint32_t, 0xFFFF>::template Add>(rows);
  for_each_comparison<PairSet<Pair, kFtz, Pair, kOne>::template Add>(rows);
}

}  // namespace

void add_float_set(Rows* rows) {
  add_f32<false>(rows);
  add_f32<true>(rows);
}

void add_half_set(Rows* rows) {
  add_half<F16, F16x2, 0x3C00, false>(rows);
  add_half<F16, F16x2, 0x3C00, true>(rows);
  add_half<Bf16, Bf16x2, 0x3F80, false>(rows);
}

}  // namespace ptxsim::isa
