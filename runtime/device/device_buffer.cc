#include "device/device_buffer.h"

#include <utility>

#include "base/format.h"
#include "device/driver_scope.h"

namespace fp4jit {
namespace {

// One call with the device's context current.
template <class Call>
Status in_context(const Device& device, const char* name, Call call) {
  PrimaryContext context(device);
  FP4JIT_RETURN_IF_ERROR(driver_status(*device.api, context.result(), "cuCtxPushCurrent"));
  return driver_status(*device.api, call(), formatted("{} on {}", name, device_text(device)));
}

}  // namespace

Result<DeviceBuffer> DeviceBuffer::allocate(const Device& device, size_t bytes) {
  const DriverApi& api = *device.api;
  if (!api.mem_alloc || !api.mem_free || !api.memcpy_htod || !api.memcpy_dtoh) {
    return Status(StatusCode::kUnsupported, "this driver has no memory functions");
  }
  DeviceBuffer buffer(device);
  if (bytes == 0) return buffer;
  FP4JIT_RETURN_IF_ERROR(in_context(device, formatted("cuMemAlloc of {} bytes", bytes).c_str(),
                                    [&] { return api.mem_alloc(&buffer.address_, bytes); }));
  buffer.bytes_ = bytes;
  return buffer;
}

DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
    : device_(other.device_),
      address_(std::exchange(other.address_, 0)),
      bytes_(std::exchange(other.bytes_, 0)) {}

DeviceBuffer::~DeviceBuffer() {
  if (address_ == 0) return;
  PrimaryContext context(*device_);
  device_->api->mem_free(address_);
}

Status DeviceBuffer::copy_from(const void* host, size_t bytes) {
  if (bytes == 0) return {};
  return in_context(*device_, "cuMemcpyHtoD",
                    [&] { return device_->api->memcpy_htod(address_, host, bytes); });
}

Status DeviceBuffer::copy_to(void* host, size_t bytes) const {
  if (bytes == 0) return {};
  return in_context(*device_, "cuMemcpyDtoH",
                    [&] { return device_->api->memcpy_dtoh(host, address_, bytes); });
}

}  // namespace fp4jit
