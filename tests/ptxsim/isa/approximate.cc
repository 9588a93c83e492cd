// The approximate instructions.
#include "tests/ptxsim/isa/float_rows.h"
#include "tests/ptxsim/values/approx.h"
#include "tests/ptxsim/values/packed.h"

namespace ptxsim::isa {
namespace {

template <F32 (*kFunction)(F32, bool)>
void add_unary(Rows* rows, const std::string& opcode) {
  rows->push_back(lanewise<[](F32 a) { return kFunction(a, false); }>(opcode + ".approx.f32"));
  rows->push_back(lanewise<[](F32 a) { return kFunction(a, true); }>(opcode + ".approx.ftz.f32"));
}

template <F32 (*kFunction)(F32, F32, bool)>
void add_division(Rows* rows, const std::string& opcode) {
  rows->push_back(lanewise<[](F32 a, F32 b) { return kFunction(a, b, false); }>(opcode + ".f32"));
  rows->push_back(
      lanewise<[](F32 a, F32 b) { return kFunction(a, b, true); }>(opcode + ".ftz.f32"));
}

template <class T, class Packed, T (*kFunction)(T)>
void add_half(Rows* rows, const std::string& opcode) {
  rows->push_back(lanewise<[](T a) { return kFunction(a); }>(opcode + kTypeName<T>));
  rows->push_back(
      lanewise<[](Packed a) { return each_half(kFunction, a); }>(opcode + kTypeName<Packed>));
}

}  // namespace

void add_float_approximations(Rows* rows) {
  add_unary<rcp_approx>(rows, "rcp");
  add_unary<sqrt_approx>(rows, "sqrt");
  add_unary<rsqrt_approx>(rows, "rsqrt");
  add_unary<ex2_approx>(rows, "ex2");
  add_unary<lg2_approx>(rows, "lg2");
  add_unary<sin_approx>(rows, "sin");
  add_unary<cos_approx>(rows, "cos");
  rows->push_back(lanewise<[](F32 a) { return tanh_approx(a); }>("tanh.approx.f32"));
  add_division<div_approx>(rows, "div.approx");
  add_division<div_full>(rows, "div.full");
}

void add_half_approximations(Rows* rows) {
  add_half<F16, F16x2, ex2_approx>(rows, "ex2.approx");
  add_half<Bf16, Bf16x2, ex2_approx_ftz>(rows, "ex2.approx.ftz");
  add_half<F16, F16x2, tanh_approx>(rows, "tanh.approx");
  add_half<Bf16, Bf16x2, tanh_approx>(rows, "tanh.approx");
}

}  // namespace ptxsim::isa
