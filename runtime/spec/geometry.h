// What: how a kernel's threads cover its work. The rendered source asserts that the template agrees.
// Threads: pure.
//
// Every thread owns two neighbouring scale blocks of one row. Two mappings:
//   flat   linear scales, constant K, no padding: block pairs in memory order, rows do not matter;
//   tile   everything else: a CTA covers 64 rows times 4 scale columns, so that the scales of the padded
//          layouts are written in full 32-byte sectors, padding included.
#pragma once

#include <cstdint>

#include "spec/shape.h"
#include "spec/spec.h"

namespace fp4jit {

inline constexpr int kBlocksPerThread = 2;
inline constexpr int kThreadsPerCta = 128;
inline constexpr int kTileRows = 64;
inline constexpr int kTileColumns = 4;  // scale columns

struct LaunchGeometry {
  uint32_t grid[3] = {0, 1, 1};
  uint32_t block[3] = {1, 1, 1};
};

constexpr bool uses_flat_mapping(const Spec& spec) {
  return spec.sf_layout == SfLayout::kLinear && spec.k != 0 && spec.k == spec.k_out;
}

// kInvalidArgument where one grid cannot cover M rows. A grid of 0 for M = 0: do not launch.
Result<LaunchGeometry> launch_geometry(const Spec& spec, const Extent& extent);

}  // namespace fp4jit
