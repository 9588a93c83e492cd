// What: memory on a device for a program that has none of its own, as `fp4jit quantize`; engines
// bring theirs.
// Threads: a buffer belongs to one thread.
// Errors: kDriver with the driver's text; kUnsupported for a driver without the entries.
#pragma once

#include <cstddef>
#include <cstdint>

#include "device/device.h"

namespace fp4jit {

class DeviceBuffer {
 public:
  // 0 bytes are an empty buffer.
  static Result<DeviceBuffer> allocate(const Device& device, size_t bytes);

  DeviceBuffer(DeviceBuffer&& other) noexcept;
  DeviceBuffer& operator=(DeviceBuffer&&) = delete;
  ~DeviceBuffer();

  uintptr_t address() const { return static_cast<uintptr_t>(address_); }
  int64_t bytes() const { return static_cast<int64_t>(bytes_); }

  // Both wait for everything before them on the default stream, and for themselves.
  Status copy_from(const void* host, size_t bytes);
  Status copy_to(void* host, size_t bytes) const;

 private:
  explicit DeviceBuffer(const Device& device) : device_(&device) {}

  const Device* device_;
  CUdeviceptr address_ = 0;
  size_t bytes_ = 0;
};

}  // namespace fp4jit
