#include "tests/ptxsim/driver/settings.h"

#include <algorithm>
#include <charconv>

#include "tests/ptxsim/driver/entry_table.h"
#include "tests/ptxsim/driver/errors.h"

namespace ptxsim {
namespace {

constexpr uint64_t kMostDevices = 64, kMostMegabytes = 1 << 20;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// Nothing but digits, 1 to `most`; else 0.
uint64_t positive_number(const std::string& text, uint64_t most) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end && number <= most ? number : 0;
}

bool is_entry(const std::string& name) {
  return std::ranges::any_of(entry_points(),
                             [&](const EntryPoint& entry) { return entry.name == name; });
}

Error malformed(const std::string& variable, const std::string& why) {
  return {CUDA_ERROR_INVALID_VALUE, variable + ": " + why};
}

Result<std::vector<DeviceModel>> read_devices(const std::string& names, const std::string& count) {
  std::vector<DeviceModel> devices;
  for (const std::string& name : split(names, ',')) {
    std::optional<DeviceModel> model = find_device_model(name);
    if (!model) {
      return Error{CUDA_ERROR_NO_DEVICE,
                   "PTXSIM_DEVICE: '" + name + "' is not a known device: " + known_device_models()};
    }
    devices.push_back(*model);
  }
  if (count.empty()) return devices;
  const uint64_t number = positive_number(count, kMostDevices);
  if (number == 0) return malformed("PTXSIM_DEVICES", "'" + count + "' is not a number of devices");
  if (devices.size() > number) {
    return malformed("PTXSIM_DEVICES", count + " devices, but PTXSIM_DEVICE names more");
  }
  devices.resize(number, devices.back());
  return devices;
}

}  // namespace

Result<std::vector<PlannedFailure>> parse_failures(const std::string& text) {
  std::vector<PlannedFailure> failures;
  if (text.empty()) return failures;
  for (const std::string& item : split(text, ',')) {
    const std::vector<std::string> parts = split(item, ':');
    if (parts.size() != 3) return malformed("PTXSIM_FAIL", "'" + item + "' is not entry:call:code");
    if (!is_entry(parts[0])) {
      return malformed("PTXSIM_FAIL", "the driver API has no '" + parts[0] + "'");
    }
    const uint64_t call = positive_number(parts[1], UINT64_MAX);
    if (call == 0) return malformed("PTXSIM_FAIL", "'" + parts[1] + "' is not a call's number");
    const ErrorText* error = find_error(parts[2]);
    if (error == nullptr) error = find_error(static_cast<CUresult>(positive_number(parts[2], 999)));
    if (error == nullptr || error->code == CUDA_SUCCESS) {
      return malformed("PTXSIM_FAIL", "'" + parts[2] + "' is not an error of the driver");
    }
    failures.push_back({parts[0], call, error->code});
  }
  return failures;
}

Result<Settings> read_settings(const char* (*value_of)(const char* name)) {
  auto text = [&](const char* name, const char* otherwise) {
    const char* value = value_of(name);
    return std::string(value != nullptr && *value != '\0' ? value : otherwise);
  };
  auto devices = read_devices(text("PTXSIM_DEVICE", "sm_100a"), text("PTXSIM_DEVICES", ""));
  if (!devices.ok()) return devices.error();
  auto failures = parse_failures(text("PTXSIM_FAIL", ""));
  if (!failures.ok()) return failures.error();
  const std::string memory = text("PTXSIM_MEMORY_MB", "4096");
  const uint64_t megabytes = positive_number(memory, kMostMegabytes);
  if (megabytes == 0) return malformed("PTXSIM_MEMORY_MB", "'" + memory + "' is not a size");
  const std::string moved = text("PTXSIM_APPROX", "");
  const std::optional<Approximation> approximation = approximation_named(moved);
  if (!approximation) return malformed("PTXSIM_APPROX", "'" + moved + "' is not +1, -1 or random");
  return Settings{*std::move(devices), megabytes << 20, *std::move(failures),
                  text("PTXSIM_STATS", ""), *approximation};
}

}  // namespace ptxsim
