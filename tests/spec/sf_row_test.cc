#include "spec/sf_row.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace fp4jit {
namespace {

struct Place {
  SfLayout layout;
  int64_t sf_columns;  // of the buffer
  int64_t row, column, offset;
};

// Computed by NVIDIA's formula, from the reference's check values: n = 4; 6, padded to 8; 8.
constexpr Place kPlaces[] = {
    {SfLayout::k128x4, 4, 1, 0, 16},     {SfLayout::k128x4, 4, 31, 3, 499},
    {SfLayout::k128x4, 4, 32, 0, 4},     {SfLayout::k128x4, 4, 64, 1, 9},
    {SfLayout::k128x4, 4, 127, 3, 511},  {SfLayout::k128x4, 4, 128, 0, 512},
    {SfLayout::k128x4, 4, 200, 3, 651},  {SfLayout::k128x4, 8, 128, 0, 1024},
    {SfLayout::k128x4, 8, 200, 5, 1673}, {SfLayout::k128x4, 8, 200, 7, 1675},
    {SfLayout::k8x4, 4, 7, 3, 31},       {SfLayout::k8x4, 4, 8, 0, 32},
    {SfLayout::k8x4, 4, 13, 3, 55},      {SfLayout::k8x4, 8, 8, 0, 64},
    {SfLayout::k8x4, 8, 13, 5, 117},     {SfLayout::k8x4, 8, 13, 7, 119},
    {SfLayout::kLinear, 6, 3, 5, 23},    {SfLayout::kLinear, 1, 9, 0, 9},
};

TEST(SfRow, HoldsTheCheckValues) {
  for (const Place& place : kPlaces) {
    EXPECT_EQ(sf_row(place.layout, place.sf_columns, place.row).offset(place.column), place.offset)
        << enum_name(place.layout) << " " << place.row << "," << place.column;
  }
}

TEST(SfRow, PutsEveryScaleAtAPlaceOfItsOwn) {
  for (const SfLayoutRow& layout : kEnumTable<SfLayout>) {
    for (int64_t columns : {4, 8, 448}) {
      const int64_t rows = 3 * layout.row_multiple;
      std::vector<int> counts(static_cast<size_t>(rows * columns));
      for (int64_t row = 0; row < rows; ++row) {
        for (int64_t column = 0; column < columns; ++column) {
          ++counts.at(static_cast<size_t>(sf_row(layout.value, columns, row).offset(column)));
        }
      }
      EXPECT_EQ(std::vector<int>(counts.size(), 1), counts) << layout.name << " " << columns;
    }
  }
}

TEST(SfRow, HasOffsetsOf64Bits) {
  const int64_t row = int64_t{1} << 40;
  EXPECT_EQ(sf_row(SfLayout::kLinear, 448, row).offset(447), row * 448 + 447);
  EXPECT_EQ(sf_row(SfLayout::k128x4, 448, row).offset(0), row * 448);
  EXPECT_EQ(sf_row(SfLayout::k8x4, 448, row).offset(0), row * 448);
}

}  // namespace
}  // namespace fp4jit
