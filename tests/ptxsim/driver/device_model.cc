#include "tests/ptxsim/driver/device_model.h"

#include <charconv>

namespace ptxsim {
namespace {

struct Row {
  int capability, threads, blocks, shared_kilobytes;  // of a multiprocessor
  std::string_view suffixes;                          // that its targets may have
};

// As cuda_occupancy.h and the table of compute capabilities of the CUDA programming guide say.
constexpr Row kRows[] = {
    {80, 2048, 32, 164, ""},    {86, 1536, 16, 100, ""},    {87, 1536, 16, 164, ""},
    {89, 1536, 24, 100, ""},    {90, 2048, 32, 228, "a"},   {100, 2048, 32, 228, "af"},
    {103, 2048, 32, 228, "af"}, {110, 1536, 24, 228, "af"}, {120, 1536, 24, 100, "af"},
    {121, 1536, 24, 100, "af"},
};

constexpr std::string_view kPrefix = "sm_";

char suffix_of(std::string_view target) {
  return target.empty() || (target.back() >= '0' && target.back() <= '9') ? '\0' : target.back();
}

}  // namespace

int target_number(std::string_view target) {
  if (!target.starts_with(kPrefix)) return 0;
  target.remove_prefix(kPrefix.size());
  const char* end = target.data() + target.size();
  int number = 0;
  auto [stop, error] = std::from_chars(target.data(), end, number);
  const bool is_whole = stop == end || (stop + 1 == end && (*stop == 'a' || *stop == 'f'));
  return error == std::errc{} && is_whole ? number : 0;
}

std::optional<DeviceModel> find_device_model(std::string_view name) {
  const char suffix = suffix_of(name);
  for (const Row& row : kRows) {
    if (row.capability != target_number(name)) continue;
    if (suffix != '\0' && row.suffixes.find(suffix) == row.suffixes.npos) continue;
    return DeviceModel{std::string(name), row.capability, row.threads, row.blocks,
                       row.shared_kilobytes * 1024};
  }
  return std::nullopt;
}

std::string known_device_models() {
  std::string text;
  for (const Row& row : kRows) {
    const std::string plain = std::string(kPrefix) + std::to_string(row.capability);
    text += (text.empty() ? "" : ", ") + plain;
    for (char suffix : row.suffixes) text += ", " + plain + suffix;
  }
  return text;
}

bool runs_on(std::string_view target, const DeviceModel& device) {
  const int number = target_number(target);
  if (number == 0) return false;
  if (suffix_of(target) == 'a') return device.capability == number;
  const bool is_family = device.capability / 10 == number / 10;
  return device.capability >= number && (suffix_of(target) != 'f' || is_family);
}

}  // namespace ptxsim
