// Arithmetic of f16 and bf16, alone and in pairs.
#include "tests/ptxsim/isa/float_rows.h"
#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/values/arithmetic.h"
#include "tests/ptxsim/values/packed.h"

namespace ptxsim::isa {
namespace {

template <class T, Mode kMode>
void add_scalar(Rows* rows) {
  const auto push = [rows](const Row& row, const char* opcode) {
    push_rounded(rows, row, opcode, kMode, kTypeName<T>, true);
  };
  push(lanewise<[](T a, T b) { return add(a, b, kMode); }>(""), "add");
  push(lanewise<[](T a, T b) { return sub(a, b, kMode); }>(""), "sub");
  push(lanewise<[](T a, T b) { return mul(a, b, kMode); }>(""), "mul");
}

template <class T, Mode kMode>
void add_pair(Rows* rows) {
  using Element = ElementOf<T>;
  const auto push = [rows](const Row& row, const char* opcode) {
    push_rounded(rows, row, opcode, kMode, kTypeName<T>, true);
  };
  push(lanewise<[](T a, T b) {
         return each_half([](Element x, Element y) { return add(x, y, kMode); }, a, b);
       }>(""),
       "add");
  push(lanewise<[](T a, T b) {
         return each_half([](Element x, Element y) { return sub(x, y, kMode); }, a, b);
       }>(""),
       "sub");
  push(lanewise<[](T a, T b) {
         return each_half([](Element x, Element y) { return mul(x, y, kMode); }, a, b);
       }>(""),
       "mul");
}

template <class T, class Packed, Mode kMode>
void add_fused(Rows* rows) {
  push_rounded(rows, lanewise<[](T a, T b, T c) { return fma(a, b, c, kMode); }>(""), "fma", kMode,
               kTypeName<T>, false);
  push_rounded(rows, lanewise<[](Packed a, Packed b, Packed c) {
                 return each_half([](T x, T y, T z) { return fma(x, y, z, kMode); }, a, b, c);
               }>(""),
               "fma", kMode, kTypeName<Packed>, false);
}

template <Mode kMode>
void add_f16(Rows* rows) {
  add_scalar<F16, kMode>(rows);
  add_pair<F16x2, kMode>(rows);
  add_fused<F16, F16x2, kMode>(rows);
}

}  // namespace

Rows half_rows() {
  Rows rows;
  add_f16<Mode{}>(&rows);
  add_f16<Mode{.ftz = true}>(&rows);
  add_f16<Mode{.sat = true}>(&rows);
  add_f16<Mode{.ftz = true, .sat = true}>(&rows);
  add_fused<F16, F16x2, Mode{.relu = true}>(&rows);
  add_fused<F16, F16x2, Mode{.ftz = true, .relu = true}>(&rows);
  add_scalar<Bf16, Mode{}>(&rows);
  add_pair<Bf16x2, Mode{}>(&rows);
  add_fused<Bf16, Bf16x2, Mode{}>(&rows);
  add_fused<Bf16, Bf16x2, Mode{.relu = true}>(&rows);
  add_half_setp(&rows);
  add_half_set(&rows);
  add_half_extremes(&rows);
  add_half_approximations(&rows);
  return rows;
}

}  // namespace ptxsim::isa
