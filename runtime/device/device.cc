#include "device/device.h"

#include "base/fork_gate.h"
#include "base/format.h"
#include "device/driver_scope.h"
#include "device/fork_guard.h"

namespace fp4jit {
namespace {

// Which devices run code for a target. Machine code runs within its major version; `a` on the very
// same capability alone; `f` on later ones of its family, which is the major version.
bool runs_on(Target target, int major, int minor) {
  int device_sm = major * 10 + minor;
  if (target.suffix == TargetSuffix::kArch) return device_sm == target.sm;
  bool same_major = major == target.sm / 10;
  bool any_later = target.is_ptx && target.suffix == TargetSuffix::kNone;
  return device_sm >= target.sm && (same_major || any_later);
}

}  // namespace

std::string device_text(const Device& device) {
  return formatted("device {} ({}, compute capability {}.{})", device.ordinal, device.name,
                   device.major, device.minor);
}

Status check_target(const Device& device, Target target) {
  if (runs_on(target, device.major, device.minor)) return {};
  return {StatusCode::kUnsupported,
          formatted("target {} does not run on {}; give no target to get the device's own",
                    target_text(target), device_text(device))};
}

Result<int> Devices::count() {
  if (driver_lost_to_fork()) return forked_status();
  std::lock_guard lock(mutex_);
  FP4JIT_RETURN_IF_ERROR(initialise());
  return count_;
}

Result<const Device*> Devices::get(int ordinal) {
  if (driver_lost_to_fork()) return forked_status();
  std::lock_guard lock(mutex_);
  FP4JIT_RETURN_IF_ERROR(initialise());
  auto known = devices_.find(ordinal);
  if (known != devices_.end()) return known->second.get();
  if (ordinal < 0 || ordinal >= count_) {
    return Status(StatusCode::kInvalidArgument,
                  formatted("device {} does not exist; the driver shows {} (0 to {})", ordinal,
                            count_, count_ - 1));
  }
  FP4JIT_ASSIGN_OR_RETURN(std::unique_ptr<Device> device, describe(ordinal));
  const Device* kept = devices_.emplace(ordinal, std::move(device)).first->second.get();
  if (ordinal < kMostKnown) known_[static_cast<size_t>(ordinal)].store(kept);
  return kept;
}

const Device* Devices::known(int ordinal) const {
  if (ordinal < 0 || ordinal >= kMostKnown) return nullptr;
  return known_[static_cast<size_t>(ordinal)].load(std::memory_order_acquire);
}

Result<const DriverApi*> Devices::driver() {
  if (const DriverApi* api = driver_.load(std::memory_order_acquire)) return api;
  SlowPath slow;
  std::lock_guard lock(mutex_);
  FP4JIT_RETURN_IF_ERROR(open());
  return static_cast<const DriverApi*>(api_.get());
}

Status Devices::open() {
  if (api_) return {};
  FP4JIT_ASSIGN_OR_RETURN(DriverApi api, open_());
  api_ = std::make_unique<DriverApi>(api);
  driver_.store(api_.get(), std::memory_order_release);
  return {};
}

Status Devices::initialise() {
  if (count_ > 0) return {};
  FP4JIT_RETURN_IF_ERROR(open());
  RelaxedCapture relaxed(*api_);
  FP4JIT_RETURN_IF_ERROR(driver_status(*api_, api_->init(0), "cuInit"));
  note_driver_initialised();
  FP4JIT_RETURN_IF_ERROR(
      driver_status(*api_, api_->driver_get_version(&driver_version_), "cuDriverGetVersion"));
  int count = 0;
  FP4JIT_RETURN_IF_ERROR(driver_status(*api_, api_->device_get_count(&count), "cuDeviceGetCount"));
  if (count == 0) return driver_status(*api_, CUDA_ERROR_NO_DEVICE, "cuDeviceGetCount gives 0");
  count_ = count;
  return {};
}

Result<std::unique_ptr<Device>> Devices::describe(int ordinal) const {
  auto device = std::make_unique<Device>();
  device->api = api_.get();
  device->driver_version = driver_version_;
  device->ordinal = ordinal;
  RelaxedCapture relaxed(*api_);
  auto check = [&](CUresult result, const char* function) {
    return driver_status(*api_, result, formatted("{} for device {}", function, ordinal));
  };
  FP4JIT_RETURN_IF_ERROR(check(api_->device_get(&device->handle, ordinal), "cuDeviceGet"));
  CUdevice handle = device->handle;
  char name[256] = "";
  FP4JIT_RETURN_IF_ERROR(
      check(api_->device_get_name(name, sizeof name, handle), "cuDeviceGetName"));
  device->name = name;
  auto attribute = [&](int* value, CUdevice_attribute which) {
    return check(api_->device_get_attribute(value, which, handle), "cuDeviceGetAttribute");
  };
  FP4JIT_RETURN_IF_ERROR(attribute(&device->major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR));
  FP4JIT_RETURN_IF_ERROR(attribute(&device->minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR));
  FP4JIT_RETURN_IF_ERROR(check(api_->device_primary_ctx_retain(&device->primary_context, handle),
                               "cuDevicePrimaryCtxRetain"));
  return device;
}

}  // namespace fp4jit
