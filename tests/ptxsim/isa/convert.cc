// cvt from one floating-point format to another, and to integral values.
#include "tests/ptxsim/values/convert.h"

#include "tests/ptxsim/isa/float_rows.h"
#include "tests/ptxsim/isa/table.h"

namespace ptxsim::isa {
namespace {

template <class To, class From>
std::string types() {
  return std::string(kTypeName<To>) + kTypeName<From>;
}

template <class To, class From, Mode kMode>
Row conversion(const std::string& rounding) {
  return lanewise<[](From a) { return float_to_float<To>(a, kMode); }>(
      "cvt" + rounding + spelled_clamps(kMode) + types<To, From>(), true);
}

// To a format that holds every value of the other: no rounding is said.
template <class To, class From, Mode kMode>
void add_exact(Rows* rows) {
  rows->push_back(conversion<To, From, kMode>(""));
}

template <class To, class From, bool kFtz, bool kSat>
void add_rounding(Rows* rows) {
  const auto add = [rows]<Rounding kRounding>() {
    rows->push_back(conversion<To, From, Mode{.rounding = kRounding, .ftz = kFtz, .sat = kSat}>(
        spelled(kRounding)));
  };
  add.template operator()<Rounding::kNearest>();
  add.template operator()<Rounding::kZero>();
  add.template operator()<Rounding::kDown>();
  add.template operator()<Rounding::kUp>();
}

template <class T, bool kFtz, bool kSat>
void add_integral(Rows* rows) {
  const auto add = [rows]<Rounding kRounding>() {
    constexpr Mode kMode = {.rounding = kRounding, .ftz = kFtz, .sat = kSat};
    rows->push_back(lanewise<[](T a) {
      return to_integral(a, Mode{.rounding = kRounding, .ftz = kFtz, .sat = kSat});
    }>("cvt" + (spelled_integral(kRounding) + spelled_clamps(kMode)) + types<T, T>(), true));
  };
  add.template operator()<Rounding::kNearest>();
  add.template operator()<Rounding::kZero>();
  add.template operator()<Rounding::kDown>();
  add.template operator()<Rounding::kUp>();
}

// .relu and .satfinite, which may stand in either order, of cvt.rn and cvt.rz from f32.
template <class To, Rounding kRounding>
void add_clamping(Rows* rows) {
  rows->push_back(
      conversion<To, F32, Mode{.rounding = kRounding, .relu = true}>(spelled(kRounding)));
  rows->push_back(
      conversion<To, F32, Mode{.rounding = kRounding, .satfinite = true}>(spelled(kRounding)));
  Row both = conversion<To, F32, Mode{.rounding = kRounding, .relu = true, .satfinite = true}>(
      spelled(kRounding));
  rows->push_back(both);
  both.mnemonic = std::string("cvt") + spelled(kRounding) + ".satfinite.relu" + types<To, F32>();
  rows->push_back(both);
}

template <Mode kMode>
void add_tf32(Rows* rows) {
  // The manual has these two the other way round than f16 does; the assembler takes both.
  Row row = lanewise<[](F32 a) { return to_tf32(a, kMode); }>(
      "cvt" + (spelled(kMode.rounding) + spelled_clamps(kMode)) + ".tf32.f32");
  rows->push_back(row);
  if (!kMode.relu || !kMode.satfinite) return;
  row.mnemonic = std::string("cvt") + spelled(kMode.rounding) + ".satfinite.relu.tf32.f32";
  rows->push_back(row);
}

template <Rounding kRounding>
void add_tf32_rounding(Rows* rows) {
  add_tf32<Mode{.rounding = kRounding}>(rows);
  add_tf32<Mode{.rounding = kRounding, .satfinite = true}>(rows);
  if constexpr (kRounding != Rounding::kNearestAway) {
    add_tf32<Mode{.rounding = kRounding, .relu = true}>(rows);
    add_tf32<Mode{.rounding = kRounding, .relu = true, .satfinite = true}>(rows);
  }
}

void add_to_f16(Rows* rows) {
  add_rounding<F16, F32, false, false>(rows);
  add_rounding<F16, F32, false, true>(rows);
  add_rounding<F16, F32, true, false>(rows);
  add_rounding<F16, F32, true, true>(rows);
  add_clamping<F16, Rounding::kNearest>(rows);
  add_clamping<F16, Rounding::kZero>(rows);
  add_rounding<F16, F64, false, false>(rows);
  add_rounding<F16, F64, false, true>(rows);
  add_rounding<F16, Bf16, false, false>(rows);
}

void add_to_bf16(Rows* rows) {
  add_rounding<Bf16, F32, false, false>(rows);
  add_rounding<Bf16, F32, true, false>(rows);
  add_clamping<Bf16, Rounding::kNearest>(rows);
  add_clamping<Bf16, Rounding::kZero>(rows);
  add_rounding<Bf16, F64, false, false>(rows);
  add_rounding<Bf16, F16, false, false>(rows);
}

void add_to_f32(Rows* rows) {
  add_rounding<F32, F64, false, false>(rows);
  add_rounding<F32, F64, false, true>(rows);
  add_rounding<F32, F64, true, false>(rows);
  add_rounding<F32, F64, true, true>(rows);
  add_exact<F32, F16, Mode{}>(rows);
  add_exact<F32, F16, Mode{.ftz = true}>(rows);
  add_exact<F32, F16, Mode{.sat = true}>(rows);
  add_exact<F32, F16, Mode{.ftz = true, .sat = true}>(rows);
  rows->push_back(lanewise<[](Bf16 a) { return bf16_to_f32(a, false); }>("cvt.f32.bf16"));
  rows->push_back(lanewise<[](Bf16 a) { return bf16_to_f32(a, true); }>("cvt.ftz.f32.bf16"));
}

void add_to_f64(Rows* rows) {
  add_exact<F64, F16, Mode{}>(rows);
  add_exact<F64, F16, Mode{.sat = true}>(rows);
  add_exact<F64, Bf16, Mode{}>(rows);
  add_exact<F64, F32, Mode{}>(rows);
  add_exact<F64, F32, Mode{.ftz = true}>(rows);
  add_exact<F64, F32, Mode{.sat = true}>(rows);
  add_exact<F64, F32, Mode{.ftz = true, .sat = true}>(rows);
}

// Of one format: a copy but for the clamps.
void add_same(Rows* rows) {
  add_exact<F16, F16, Mode{}>(rows);
  add_exact<F16, F16, Mode{.sat = true}>(rows);
  add_exact<Bf16, Bf16, Mode{}>(rows);
  add_exact<F32, F32, Mode{}>(rows);
  add_exact<F32, F32, Mode{.ftz = true}>(rows);
  add_exact<F32, F32, Mode{.sat = true}>(rows);
  add_exact<F32, F32, Mode{.ftz = true, .sat = true}>(rows);
  add_exact<F64, F64, Mode{}>(rows);
  add_exact<F64, F64, Mode{.sat = true}>(rows);
  add_integral<F16, false, false>(rows);
  add_integral<F16, false, true>(rows);
  add_integral<Bf16, false, false>(rows);
  add_integral<F32, false, false>(rows);
  add_integral<F32, false, true>(rows);
  add_integral<F32, true, false>(rows);
  add_integral<F32, true, true>(rows);
  add_integral<F64, false, false>(rows);
  add_integral<F64, false, true>(rows);
}

}  // namespace

void add_float_conversions(Rows* rows) {
  add_to_f16(rows);
  add_to_bf16(rows);
  add_to_f32(rows);
  add_to_f64(rows);
  add_same(rows);
  add_tf32_rounding<Rounding::kNearest>(rows);
  add_tf32_rounding<Rounding::kZero>(rows);
  add_tf32_rounding<Rounding::kNearestAway>(rows);
}

Rows convert_rows() {
  Rows rows;
  add_float_conversions(&rows);
  add_integer_conversions(&rows);
  add_packed_conversions(&rows);
  return rows;
}

}  // namespace ptxsim::isa
