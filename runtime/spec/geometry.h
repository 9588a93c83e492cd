// What: how a kernel's threads cover its work; the rendered source asserts it of the template.
// Threads: pure.
//
// Every thread owns two neighbouring scale blocks of one row. Two mappings:
//   flat   linear scales, constant K, no padding: block pairs in memory order, rows do not matter;
//   tile   everything else: a CTA covers 128 rows times 4 scale columns, so that the scales of
//          padded layouts are written in full 32-byte sectors, padding included. blockIdx.x counts
//          tiles along K, blockIdx.y + kTileGridRows * blockIdx.z along the rows; thread t has
//          scale columns 2(t%2) and 2(t%2)+1 of row t/2, for 128x4 of row 32(t/2%4) + t/8.
#pragma once

#include <cstdint>

#include "spec/shape.h"
#include "spec/spec.h"

namespace fp4jit {

inline constexpr int kBlocksPerThread = 2;
inline constexpr int kFlatThreads = 128;
inline constexpr int kTileRows = 128;
inline constexpr int kTileColumns = 4;  // scale columns
inline constexpr int kTileThreads = kTileRows * kTileColumns / kBlocksPerThread;
inline constexpr int kTileGridRows = 32768;  // blockIdx.y stays below it
// The tile mapping counts rows in 32 bits.
inline constexpr int64_t kMostTileRows = (int64_t{1} << 31) - kTileRows * int64_t{kTileGridRows};

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
