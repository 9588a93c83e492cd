// What: where one row's scale factors stand in the scale buffer; the formula of base/sf_layout.h.
// Threads: pure.
#pragma once

#include <cstdint>

#include "base/sf_layout.h"

namespace fp4jit {

// In every layout a row's scale columns stand in runs of four bytes at a constant stride.
struct SfRow {
  int64_t first = 0;   // byte of column 0
  int64_t stride = 0;  // from one run of four columns to the next

  constexpr int64_t offset(int64_t column) const {
    return first + column / 4 * stride + column % 4;
  }
};

// `sf_columns` are those of the buffer (OutputShape), padding included.
constexpr SfRow sf_row(SfLayout layout, int64_t sf_columns, int64_t row) {
  const int64_t tile_rows = enum_row(layout).row_multiple;
  const int64_t tile_first = row / tile_rows * tile_rows * sf_columns;
  switch (layout) {
    case SfLayout::k128x4:
      return {tile_first + row % 32 * 16 + row % 128 / 32 * 4, 512};
    case SfLayout::k8x4:
      return {tile_first + row % 8 * 4, 32};
    case SfLayout::kLinear:
      break;
  }
  return {tile_first, 4};
}

}  // namespace fp4jit
