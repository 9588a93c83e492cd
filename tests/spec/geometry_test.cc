#include "spec/geometry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/spec/every_spec.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

// How often each scale block of the output, padding included, is some thread's.
class Coverage {
 public:
  Coverage(int64_t rows, int64_t columns)
      : rows_(rows), columns_(columns), counts_(static_cast<size_t>(rows * columns)) {}

  // A position outside is a thread that finds nothing to do.
  void add(int64_t row, int64_t column) {
    if (row < rows_ && column < columns_) ++counts_[static_cast<size_t>(row * columns_ + column)];
  }

  void expect_each_once(const std::string& what) const {
    for (size_t i = 0; i < counts_.size(); ++i) {
      ASSERT_EQ(counts_[i], 1) << what << ": block " << i << " of " << rows_ << "x" << columns_;
    }
  }

 private:
  int64_t rows_, columns_;
  std::vector<int> counts_;
};

// One thread of a launch: its CTA along K, its CTA along the rows, its place in the CTA.
struct Thread {
  int64_t cta_x, cta_yz, index;
};

template <class Visit>
void for_each_thread(const LaunchGeometry& geometry, Visit visit) {
  for (uint32_t z = 0; z < geometry.grid[2]; ++z) {
    for (uint32_t y = 0; y < geometry.grid[1]; ++y) {
      for (uint32_t x = 0; x < geometry.grid[0]; ++x) {
        for (uint32_t thread = 0; thread < geometry.block[0]; ++thread) {
          visit(Thread{x, y + int64_t{kTileGridRows} * z, thread});
        }
      }
    }
  }
}

// The two mappings as spec/geometry.h tells them.
void add_flat_pair(const Thread& thread, int64_t sf_columns, Coverage* coverage) {
  const int64_t pair = thread.cta_x * kFlatThreads + thread.index;
  for (int64_t block : {2 * pair, 2 * pair + 1}) {
    coverage->add(block / sf_columns, block % sf_columns);
  }
}

void add_tile_pair(const Thread& thread, SfLayout layout, Coverage* coverage) {
  const int64_t t = thread.index;
  const int64_t row = layout == SfLayout::k128x4 ? 32 * (t / 2 % 4) + t / 8 : t / 2;
  for (int64_t column : {2 * (t % 2), 2 * (t % 2) + 1}) {
    coverage->add(thread.cta_yz * 128 + row, thread.cta_x * 4 + column);
  }
}

void expect_covers(const Spec& spec, int64_t m, int64_t k, int64_t k_out) {
  const bool is_runtime = spec.k == 0;
  const Extent extent = *resolve_extent(spec, m, is_runtime ? k : 0, is_runtime ? k_out : 0);
  Result<LaunchGeometry> geometry = launch_geometry(spec, extent);
  ASSERT_TRUE(geometry.ok()) << geometry.status().message();
  ASSERT_EQ(geometry->block[1], 1u);
  ASSERT_EQ(geometry->block[2], 1u);
  const OutputShape shape = output_shape(spec, extent);
  Coverage coverage(shape.sf_rows, shape.sf_columns);
  for_each_thread(*geometry, [&](const Thread& thread) {
    if (uses_flat_mapping(spec)) {
      add_flat_pair(thread, shape.sf_columns, &coverage);
    } else {
      add_tile_pair(thread, spec.sf_layout, &coverage);
    }
  });
  coverage.expect_each_once(spec_text(spec) + " m=" + std::to_string(m));
}

TEST(LaunchGeometry, CoversEveryBlockOnce) {
  for (const char* format : {"nvfp4", "mxfp8"}) {
    for (const char* layout : {"linear", "128x4", "8x4"}) {
      for (int64_t m : {1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 300}) {
        for (int64_t k : {32, 96, 160, 4096}) {
          for (int64_t gap : {0, 32, 160}) {
            Spec spec = spec_of(std::string(format) + "_quantize[k=" + std::to_string(k) +
                                ",k_out=" + std::to_string(k + gap) + ",in=bf16,layout=" + layout +
                                "]@sm_100a");
            expect_covers(spec, m, k, k + gap);
            spec.k = spec.k_out = 0;
            expect_covers(spec, m, k, k + gap);
          }
        }
      }
    }
  }
}

TEST(LaunchGeometry, UsesTheFlatMappingOnlyWhereRowsDoNotMatter) {
  auto is_flat = [](std::string_view text) { return uses_flat_mapping(spec_of(text)); };
  EXPECT_TRUE(is_flat("nvfp4_quantize[k=48,in=bf16,layout=linear]@sm_100a"));
  EXPECT_FALSE(is_flat("nvfp4_quantize[k=48,k_out=64,in=bf16,layout=linear]@sm_100a"));
  EXPECT_FALSE(is_flat("nvfp4_quantize[k=0,in=bf16,layout=linear]@sm_100a"));
  EXPECT_FALSE(is_flat("nvfp4_quantize[k=48,in=bf16,layout=128x4]@sm_100a"));
  EXPECT_FALSE(is_flat("nvfp4_quantize[k=48,in=bf16,layout=8x4]@sm_100a"));
}

TEST(LaunchGeometry, LaunchesNothingForNoRows) {
  for (const char* text : {"nvfp4_quantize[k=48,in=bf16,layout=linear]@sm_100a",
                           "nvfp4_quantize[k=48,in=bf16,layout=128x4]@sm_100a"}) {
    const Spec spec = spec_of(text);
    Result<LaunchGeometry> geometry = launch_geometry(spec, *resolve_extent(spec, 0));
    ASSERT_TRUE(geometry.ok());
    EXPECT_EQ(geometry->grid[0], 0u);
  }
}

// Rows beyond what one grid axis holds go on in the next, whose lines are then full: the kernel
// counts row tiles as y + kTileGridRows * z.
TEST(LaunchGeometry, SpreadsManyRowsOverTwoAxes) {
  const Spec spec = spec_of("nvfp4_quantize[k=16,in=bf16,layout=8x4]@sm_100a");
  constexpr int64_t kMostTiles = ((int64_t{1} << 31) - (1 << 22)) / 128;
  for (int64_t tiles : {int64_t{1}, int64_t{32767}, int64_t{32768}, int64_t{32769}, int64_t{65536},
                        int64_t{100000}, kMostTiles}) {
    Result<LaunchGeometry> geometry = launch_geometry(spec, *resolve_extent(spec, tiles * 128));
    ASSERT_TRUE(geometry.ok()) << geometry.status().message();
    const int64_t y = geometry->grid[1], z = geometry->grid[2];
    EXPECT_LE(y, 32768);
    EXPECT_LE(z, 65535);
    EXPECT_TRUE(z == 1 || y == 32768);
    EXPECT_GE(y * z, tiles);
    EXPECT_LT(y * z - tiles, y);
  }
}

TEST(LaunchGeometry, RefusesMoreRowsThanOneGridHolds) {
  const Spec tile = spec_of("nvfp4_quantize[k=16,in=bf16,layout=8x4]@sm_100a");
  const Spec flat = spec_of("nvfp4_quantize[k=16,in=bf16,layout=linear]@sm_100a");
  const int64_t tile_rows = (int64_t{1} << 31) - (1 << 22);
  const int64_t flat_rows = int64_t{2147483647} * 128 * 2;
  EXPECT_TRUE(launch_geometry(tile, *resolve_extent(tile, tile_rows)).ok());
  EXPECT_TRUE(launch_geometry(flat, *resolve_extent(flat, flat_rows)).ok());
  for (auto [spec, rows] : {std::pair(tile, tile_rows + 1), std::pair(flat, flat_rows + 1)}) {
    Result<LaunchGeometry> geometry = launch_geometry(spec, *resolve_extent(spec, rows));
    ASSERT_FALSE(geometry.ok());
    EXPECT_EQ(geometry.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(geometry.status().message(), HasSubstr("m=" + std::to_string(rows)));
  }
}

}  // namespace
}  // namespace fp4jit
