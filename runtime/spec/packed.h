// What: a spec in 128 bits, bijectively: the key of every table in memory and of a plugin's cache.
// Threads: pure.
#pragma once

#include <compare>
#include <cstdint>

#include "spec/spec.h"

namespace fp4jit {

// Bits from the lowest, frozen by a test; zero in a field is what was so before the field existed.
//   low   k 24 · k_out 24 · 16 reserved
//   high  op 6 · format 4 · in 4 · sf_layout 4 · scale 4 · numerics 4 · ue8m0 4 · grouping 4 ·
//         pdl 2 · target: sm 8, suffix 2, is_ptx 1 · 17 reserved
struct PackedSpec {
  uint64_t low = 0;
  uint64_t high = 0;

  auto operator<=>(const PackedSpec&) const = default;
};

// `spec` is valid.
PackedSpec pack_spec(const Spec& spec);

// kInvalidSpec where reserved bits are set, a number is no enumerator, or the spec is not valid.
Result<Spec> unpack_spec(PackedSpec packed);

}  // namespace fp4jit
