// What: where one row's scale factors stand in the scale buffer; the formula of base/sf_layout.h.
// Threads: pure.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/sf_layout.h"

namespace fp4jit {

// In every layout a row's scale columns stand in runs of four bytes at a constant stride.
struct SfRow {
  static constexpr int64_t kRun = 4;

  int64_t first = 0;   // byte of column 0
  int64_t stride = 0;  // from one run to the next

  constexpr int64_t offset(int64_t column) const {
    return first + column / kRun * stride + column % kRun;
  }
};

template <SfLayout kLayout>
using tile_rows_of = std::integral_constant<int64_t, enum_row(kLayout).row_multiple>;

// `sf_columns` are those of the buffer (OutputShape), padding included.
constexpr SfRow sf_row(SfLayout layout, int64_t sf_columns, int64_t row) {
  // The rows of a tile as a constant, so that nothing is divided by a variable.
  auto tile_first = [=](auto tile_rows) { return row / tile_rows * tile_rows * sf_columns; };
  switch (layout) {
    case SfLayout::k128x4:
      return {tile_first(tile_rows_of<SfLayout::k128x4>()) + row % 32 * 16 + row % 128 / 32 * 4,
              512};
    case SfLayout::k8x4:
      return {tile_first(tile_rows_of<SfLayout::k8x4>()) + row % 8 * 4, 32};
    case SfLayout::kLinear:
      break;
  }
  return {tile_first(tile_rows_of<SfLayout::kLinear>()), 4};
}

}  // namespace fp4jit
