// What: the GPUs of this process, found when first needed: opens the driver, initialises it, and
// retains the primary context of each device that is asked for.
// Threads: get may be called from any thread; a Device is immutable and lives as long as its
// Devices. Contexts stay retained for the process: kernels in graphs need them.
// Errors: kNoDriver, kForked, kDriver with the driver's text; kInvalidArgument for an ordinal that
// is no device. None is remembered: the next call tries again.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "device/driver.h"
#include "spec/target.h"

namespace fp4jit {

struct Device {
  const DriverApi* api = nullptr;
  int driver_version = 0;  // 13000 for CUDA 13.0
  int ordinal = 0;
  CUdevice handle = 0;
  int major = 0;  // compute capability
  int minor = 0;
  std::string name;
  CUcontext primary_context = nullptr;
};

// "device 0 (NVIDIA H100, compute capability 9.0)"
std::string device_text(const Device& device);

// kUnsupported where code for `target` cannot run on the device.
Status check_target(const Device& device, Target target);

class Devices {
 public:
  using Open = std::function<Result<DriverApi>()>;

  // `open` is called on the first get; load_driver, or a fake's.
  explicit Devices(Open open) : open_(std::move(open)) {}

  Result<int> count();
  Result<const Device*> get(int ordinal);

  // A device that get has given before; else null. Neither blocks nor calls the driver.
  const Device* known(int ordinal) const;

  // The driver's functions, for what needs no device. Does not initialise the driver; neither
  // blocks nor calls it once it is open.
  Result<const DriverApi*> driver();
  bool opened() const { return driver_.load(std::memory_order_acquire) != nullptr; }

 private:
  static constexpr int kMostKnown = 64;  // ordinals that `known` knows

  Status open();        // mutex_ is held
  Status initialise();  // likewise
  Result<std::unique_ptr<Device>> describe(int ordinal) const;

  Open open_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<DriverApi> api_;
  int driver_version_ = 0;
  int count_ = 0;
  std::map<int, std::unique_ptr<Device>> devices_;
  std::atomic<const DriverApi*> driver_{nullptr};  // api_, once it is open
  std::array<std::atomic<const Device*>, kMostKnown> known_{};
};

}  // namespace fp4jit
