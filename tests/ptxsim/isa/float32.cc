// Arithmetic of f32, of pairs of f32, and of f32 with narrower operands.
#include "tests/ptxsim/isa/float_rows.h"
#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/values/compare.h"
#include "tests/ptxsim/values/packed.h"

namespace ptxsim::isa {
namespace {

template <Mode kMode>
void add_scalar(Rows* rows) {
  const auto push = [rows](const Row& row, const char* opcode, bool optional) {
    push_rounded(rows, row, opcode, kMode, ".f32", optional);
  };
  push(lanewise<[](F32 a, F32 b) { return add(a, b, kMode); }>(""), "add", true);
  push(lanewise<[](F32 a, F32 b) { return sub(a, b, kMode); }>(""), "sub", true);
  push(lanewise<[](F32 a, F32 b) { return mul(a, b, kMode); }>(""), "mul", true);
  const Row fused = lanewise<[](F32 a, F32 b, F32 c) { return fma(a, b, c, kMode); }>("");
  push(fused, "fma", false);
  push(fused, "mad", false);
}

template <Mode kMode>
void add_inverse(Rows* rows) {
  const auto push = [rows](const Row& row, const char* opcode) {
    push_rounded(rows, row, opcode, kMode, ".f32", false);
  };
  push(lanewise<[](F32 a, F32 b) { return div(a, b, kMode); }>(""), "div");
  push(lanewise<[](F32 a) { return rcp(a, kMode); }>(""), "rcp");
  push(lanewise<[](F32 a) { return sqrt(a, kMode); }>(""), "sqrt");
}

template <Mode kMode>
void add_pair(Rows* rows) {
  const auto push = [rows](const Row& row, const char* opcode, bool optional) {
    push_rounded(rows, row, opcode, kMode, ".f32x2", optional);
  };
  push(lanewise<[](F32x2 a, F32x2 b) {
         return each_half([](F32 x, F32 y) { return add(x, y, kMode); }, a, b);
       }>(""),
       "add", true);
  push(lanewise<[](F32x2 a, F32x2 b) {
         return each_half([](F32 x, F32 y) { return sub(x, y, kMode); }, a, b);
       }>(""),
       "sub", true);
  push(lanewise<[](F32x2 a, F32x2 b) {
         return each_half([](F32 x, F32 y) { return mul(x, y, kMode); }, a, b);
       }>(""),
       "mul", true);
  push(lanewise<[](F32x2 a, F32x2 b, F32x2 c) {
         return each_half([](F32 x, F32 y, F32 z) { return fma(x, y, z, kMode); }, a, b, c);
       }>(""),
       "fma", false);
}

template <class T, Mode kMode>
void add_mixed(Rows* rows) {
  const auto push = [rows](const Row& row, const char* opcode, bool optional) {
    push_rounded(rows, row, opcode, kMode, std::string(".f32") + kTypeName<T>, optional);
  };
  push(lanewise<[](T a, F32 c) { return mixed_add(a, c, kMode); }>(""), "add", true);
  push(lanewise<[](T a, F32 c) { return mixed_sub(a, c, kMode); }>(""), "sub", true);
  push(lanewise<[](T a, T b, F32 c) { return mixed_fma(a, b, c, kMode); }>(""), "fma", false);
}

template <Rounding kRounding>
void add_rounding(Rows* rows) {
  constexpr Mode kPlain = {.rounding = kRounding};
  constexpr Mode kFtz = {.rounding = kRounding, .ftz = true};
  constexpr Mode kSat = {.rounding = kRounding, .sat = true};
  add_scalar<kPlain>(rows);
  add_scalar<kFtz>(rows);
  add_scalar<kSat>(rows);
  add_scalar<Mode{.rounding = kRounding, .ftz = true, .sat = true}>(rows);
  add_inverse<kPlain>(rows);
  add_inverse<kFtz>(rows);
  add_pair<kPlain>(rows);
  add_pair<kFtz>(rows);
  add_mixed<F16, kPlain>(rows);
  add_mixed<F16, kSat>(rows);
  add_mixed<Bf16, kPlain>(rows);
  add_mixed<Bf16, kSat>(rows);
}

void add_properties(Rows* rows) {
  rows->push_back(
      lanewise<[](F32 a) { return has_property(Property::kFinite, a); }>("testp.finite.f32"));
  rows->push_back(
      lanewise<[](F32 a) { return has_property(Property::kInfinite, a); }>("testp.infinite.f32"));
  rows->push_back(
      lanewise<[](F32 a) { return has_property(Property::kNumber, a); }>("testp.number.f32"));
  rows->push_back(lanewise<[](F32 a) { return has_property(Property::kNotANumber, a); }>(
      "testp.notanumber.f32"));
  rows->push_back(
      lanewise<[](F32 a) { return has_property(Property::kNormal, a); }>("testp.normal.f32"));
  rows->push_back(
      lanewise<[](F32 a) { return has_property(Property::kSubnormal, a); }>("testp.subnormal.f32"));
}

}  // namespace

Rows float32_rows() {
  Rows rows;
  add_rounding<Rounding::kNearest>(&rows);
  add_rounding<Rounding::kZero>(&rows);
  add_rounding<Rounding::kDown>(&rows);
  add_rounding<Rounding::kUp>(&rows);
  add_properties(&rows);
  rows.push_back(lanewise<[](F32 a, F32 b) { return copysign(a, b); }>("copysign.f32"));
  add_float_setp(&rows);
  add_float_set(&rows);
  add_float_extremes(&rows);
  add_float_approximations(&rows);
  return rows;
}

}  // namespace ptxsim::isa
