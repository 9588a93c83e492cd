// What: the GPUs that can be played, what is known of them, and which PTX runs on which.
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ptxsim {

struct DeviceModel {
  std::string name;    // as it was asked for: "sm_100a"
  int capability = 0;  // 10 * major + minor
  int threads_per_multiprocessor = 0;
  int blocks_per_multiprocessor = 0;
  int shared_per_multiprocessor = 0;  // bytes

  // What a block may have at most once it has asked for it.
  int shared_per_block_optin() const { return shared_per_multiprocessor - kReservedShared; }

  static constexpr int kReservedShared = 1024, kSharedPerBlock = 48 * 1024;
  static constexpr int kMultiprocessors = 4;  // of every device: enough for grids to be uneven
  static constexpr int kMostThreads = 1024;
};

// Nothing for a name that is not "sm_80", "sm_90a", "sm_100f", …
std::optional<DeviceModel> find_device_model(std::string_view name);

// "sm_80, sm_86, …" for messages.
std::string known_device_models();

// Whether PTX of `target` runs there: plain PTX on the same or a later device, "a" on exactly that
// one, "f" on its family from that one on.
bool runs_on(std::string_view target, const DeviceModel& device);

// 100 of "sm_100a"; 0 for text of another form.
int target_number(std::string_view target);

}  // namespace ptxsim
