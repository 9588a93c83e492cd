#include "compile/device_target.h"
#include "base/format.h"

namespace fp4jit {
namespace {

struct DeviceRow {
  int major, minor;
  Target target;
};

constexpr DeviceRow kDevices[] = {
    {8, 0, {80}},
    {8, 6, {86}},
    {8, 7, {87}},
    {8, 9, {89}},
    {9, 0, {90}},
    {10, 0, {100, TargetSuffix::kArch}},
    {10, 3, {103, TargetSuffix::kArch}},
    {11, 0, {110, TargetSuffix::kArch}},
    {12, 0, {120, TargetSuffix::kArch}},
    {12, 1, {121, TargetSuffix::kArch}},
};

constexpr Target kFallback = {90, TargetSuffix::kNone, true};

}  // namespace

Result<Target> target_for_device(int major, int minor, bool* is_known) {
  if (is_known != nullptr) *is_known = true;
  for (const DeviceRow& row : kDevices) {
    if (row.major == major && row.minor == minor) return row.target;
  }
  if (is_known != nullptr) *is_known = false;
  if (10 * major + minor >= kFallback.sm) return kFallback;
  std::string earlier;
  for (const DeviceRow& row : kDevices) {
    if (row.target.sm < kFallback.sm) earlier += formatted("{}.{}, ", row.major, row.minor);
  }
  return Status(StatusCode::kUnsupported,
                formatted("a device of compute capability {}.{} is not supported; supported are "
                          "{}and all from 9.0 on",
                          major, minor, earlier));
}

}  // namespace fp4jit
