// cvt to or from a pair of values. Of two operands the first goes to the upper half.
#include "tests/ptxsim/isa/float_rows.h"
#include "tests/ptxsim/values/convert.h"
#include "tests/ptxsim/values/packed.h"

namespace ptxsim::isa {
namespace {

// .relu and .satfinite may stand in either order.
void push_clamped(Rows* rows, Row row, const Mode& mode, const std::string& types) {
  const std::string start = std::string("cvt") + spelled(mode.rounding);
  row.mnemonic = start + spelled_clamps(mode) + types;
  rows->push_back(row);
  if (!mode.relu || !mode.satfinite) return;
  row.mnemonic = start + ".satfinite.relu" + types;
  rows->push_back(row);
}

template <class Packed, Mode kMode>
void add_from_two(Rows* rows) {
  const Row row = lanewise<[](F32 a, F32 b) {
    return pack<Packed>(to_element<ElementOf<Packed>>(a, kMode),
                        to_element<ElementOf<Packed>>(b, kMode));
  }>("", true);
  push_clamped(rows, row, kMode, std::string(kTypeName<Packed>) + ".f32");
}

template <class To, class From, Mode kMode>
void add_from_pair(Rows* rows) {
  const Row row = lanewise<[](From a) {
    return pack<To>(to_element<ElementOf<To>>(element(a, 1), kMode),
                    to_element<ElementOf<To>>(element(a, 0), kMode));
  }>("", true);
  push_clamped(rows, row, kMode, std::string(kTypeName<To>) + kTypeName<From>);
}

constexpr Mode kRelu = {.relu = true};
constexpr Mode kFinite = {.satfinite = true};
constexpr Mode kReluFinite = {.relu = true, .satfinite = true};

template <class Packed, Rounding kRounding>
void add_halves(Rows* rows) {
  add_from_two<Packed, Mode{.rounding = kRounding}>(rows);
  add_from_two<Packed, Mode{.rounding = kRounding, .relu = true}>(rows);
  add_from_two<Packed, Mode{.rounding = kRounding, .satfinite = true}>(rows);
  add_from_two<Packed, Mode{.rounding = kRounding, .relu = true, .satfinite = true}>(rows);
}

// The formats of 4, 6 and 8 bits: to them .satfinite is always said.
template <class Narrow>
void add_narrow(Rows* rows) {
  add_from_two<Narrow, kFinite>(rows);
  add_from_two<Narrow, kReluFinite>(rows);
  add_from_pair<Narrow, F16x2, kFinite>(rows);
  add_from_pair<Narrow, F16x2, kReluFinite>(rows);
  add_from_pair<Narrow, Bf16x2, kFinite>(rows);
  add_from_pair<Narrow, Bf16x2, kReluFinite>(rows);
  add_from_pair<F16x2, Narrow, Mode{}>(rows);
  add_from_pair<F16x2, Narrow, kRelu>(rows);
  add_from_pair<Bf16x2, Narrow, Mode{}>(rows);
  add_from_pair<Bf16x2, Narrow, kRelu>(rows);
  add_from_pair<Bf16x2, Narrow, kFinite>(rows);
  add_from_pair<Bf16x2, Narrow, kReluFinite>(rows);
}

template <Rounding kRounding>
void add_scales(Rows* rows) {
  add_from_two<Ue8m0x2, Mode{.rounding = kRounding}>(rows);
  add_from_two<Ue8m0x2, Mode{.rounding = kRounding, .satfinite = true}>(rows);
  add_from_pair<Ue8m0x2, Bf16x2, Mode{.rounding = kRounding}>(rows);
  add_from_pair<Ue8m0x2, Bf16x2, Mode{.rounding = kRounding, .satfinite = true}>(rows);
}

}  // namespace

void add_packed_conversions(Rows* rows) {
  add_halves<F16x2, Rounding::kNearest>(rows);
  add_halves<F16x2, Rounding::kZero>(rows);
  add_halves<Bf16x2, Rounding::kNearest>(rows);
  add_halves<Bf16x2, Rounding::kZero>(rows);
  add_narrow<E2m1x2>(rows);
  add_narrow<E2m3x2>(rows);
  add_narrow<E3m2x2>(rows);
  add_narrow<E4m3x2>(rows);
  add_narrow<E5m2x2>(rows);
  add_scales<Rounding::kZero>(rows);
  add_scales<Rounding::kUp>(rows);
  add_from_pair<Bf16x2, Ue8m0x2, Mode{}>(rows);
}

}  // namespace ptxsim::isa
