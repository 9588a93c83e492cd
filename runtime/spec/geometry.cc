#include "spec/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/round.h"

namespace fp4jit {
namespace {

constexpr int64_t kMostCtasX = std::numeric_limits<int32_t>::max();
constexpr int64_t kMostCtasY = 32768;  // half of what the driver takes: a power of two divides evenly
constexpr int64_t kMostCtasZ = 65535;

Status too_many_rows(int64_t m) {
  return {StatusCode::kInvalidArgument,
          fmt::format("m={} is more rows than one launch covers; split the call by rows", m)};
}

Result<LaunchGeometry> flat_geometry(const Spec& spec, const Extent& extent) {
  int64_t blocks = extent.m * (extent.k / sf_vec_size(spec));
  int64_t ctas = ceil_div<int64_t>(blocks, kBlocksPerThread * kThreadsPerCta);
  if (ctas > kMostCtasX) return too_many_rows(extent.m);
  return LaunchGeometry{{static_cast<uint32_t>(ctas), 1, 1}, {kThreadsPerCta, 1, 1}};
}

Result<LaunchGeometry> tile_geometry(const Spec& spec, const Extent& extent) {
  int64_t sf_columns = output_shape(spec, extent).sf_columns;
  int64_t sf_rows = output_shape(spec, extent).sf_rows;
  int64_t row_ctas = ceil_div<int64_t>(sf_rows, kTileRows);
  int64_t y = std::min(row_ctas, kMostCtasY);
  int64_t z = y == 0 ? 1 : ceil_div(row_ctas, y);
  if (z > kMostCtasZ) return too_many_rows(extent.m);
  constexpr uint32_t kThreadColumns = kTileColumns / kBlocksPerThread;
  constexpr uint32_t kRowGroup = 4;
  return LaunchGeometry{{static_cast<uint32_t>(ceil_div<int64_t>(sf_columns, kTileColumns)),
                         static_cast<uint32_t>(y), static_cast<uint32_t>(z)},
                        {kThreadColumns, kRowGroup, kTileRows / kRowGroup}};
}

}  // namespace

Result<LaunchGeometry> launch_geometry(const Spec& spec, const Extent& extent) {
  if (extent.m == 0) return LaunchGeometry{};
  return uses_flat_mapping(spec) ? flat_geometry(spec, extent) : tile_geometry(spec, extent);
}

}  // namespace fp4jit
