// What: the approximate instructions. The manual gives each a greatest error and the results of
// special operands. By default the result is the correctly rounded one; the mode of the process
// moves it by one unit in the last place where the manual allows that, for tests of what depends on
// it. A result that is zero, infinite or NaN, and one of the manual's special operands, stays.
// Threads: set_approximation is called before kernels run; the rest is pure.
#pragma once

#include <optional>
#include <string_view>

#include "tests/ptxsim/values/arithmetic.h"

namespace ptxsim {

enum class Approximation : uint8_t {
  kCorrect,
  kOutward,  // "+1": one unit greater in magnitude
  kInward,   // "-1"
  kRandom,   // "random": one of the three, by a hash of the operands
};

// Of the text of PTXSIM_APPROX; "" is kCorrect. None for one that means nothing.
std::optional<Approximation> approximation_named(std::string_view text);
void set_approximation(Approximation mode);

F32 rcp_approx(F32 a, bool ftz);
F32 sqrt_approx(F32 a, bool ftz);
F32 rsqrt_approx(F32 a, bool ftz);
F32 ex2_approx(F32 a, bool ftz);
F32 lg2_approx(F32 a, bool ftz);
F32 sin_approx(F32 a, bool ftz);
F32 cos_approx(F32 a, bool ftz);
F32 tanh_approx(F32 a);
F32 div_approx(F32 a, F32 b, bool ftz);
F32 div_full(F32 a, F32 b, bool ftz);

F16 ex2_approx(F16 a);
Bf16 ex2_approx_ftz(Bf16 a);
F16 tanh_approx(F16 a);
Bf16 tanh_approx(Bf16 a);

}  // namespace ptxsim
