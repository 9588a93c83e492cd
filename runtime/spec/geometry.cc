#include "spec/geometry.h"

#include <algorithm>
#include <limits>

#include "base/format.h"
#include "base/round.h"

namespace fp4jit {
namespace {

constexpr int64_t kMostCtasX = std::numeric_limits<int32_t>::max();

Status too_many_rows(int64_t m) {
  return {StatusCode::kInvalidArgument,
          formatted("m={} is more rows than one launch covers; split the call by rows", m)};
}

Result<LaunchGeometry> flat_geometry(const Spec& spec, const Extent& extent) {
  int64_t blocks = extent.m * sf_blocks(spec, extent.k);
  int64_t ctas = ceil_div<int64_t>(blocks, kBlocksPerThread * kFlatThreads);
  if (ctas > kMostCtasX) return too_many_rows(extent.m);
  return LaunchGeometry{{static_cast<uint32_t>(ctas), 1, 1}, {kFlatThreads, 1, 1}};
}

Result<LaunchGeometry> tile_geometry(const Spec& spec, const Extent& extent) {
  if (extent.m > kMostTileRows) return too_many_rows(extent.m);
  OutputShape shape = output_shape(spec, extent);
  int64_t tiles = ceil_div<int64_t>(shape.sf_rows, kTileRows);
  int64_t y = std::min<int64_t>(tiles, kTileGridRows);
  int64_t z = y == tiles ? 1 : ceil_div<int64_t>(tiles, kTileGridRows);
  return LaunchGeometry{{static_cast<uint32_t>(ceil_div<int64_t>(shape.sf_columns, kTileColumns)),
                         static_cast<uint32_t>(y), static_cast<uint32_t>(z)},
                        {kTileThreads, 1, 1}};
}

}  // namespace

Result<LaunchGeometry> launch_geometry(const Spec& spec, const Extent& extent) {
  if (extent.m == 0) return LaunchGeometry{};
  return uses_flat_mapping(spec) ? flat_geometry(spec, extent) : tile_geometry(spec, extent);
}

}  // namespace fp4jit
