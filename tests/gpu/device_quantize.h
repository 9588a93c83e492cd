// What: quantises one tensor on a device through the C API, and on the host, and compares.
// Threads: one test's own.
#pragma once

#include <fp4jit/fp4jit.h>

#include <cstdint>
#include <string>
#include <vector>

#include "device/device.h"

namespace fp4jit {

// A spec's text without its target, which is the device's own; and the K of a run-time K.
struct DeviceSpec {
  std::string text;
  int64_t k = 0, k_out = 0;
};

struct Difference {
  int64_t bytes_compared = 0;
  int64_t sf = 0;           // scale factors that differ
  int64_t codes = 0;        // bytes of data that differ
  int64_t unexplained = 0;  // of these, with a code that rounding its element otherwise cannot give

  Difference& operator+=(const Difference& other);
};

// The device of a test and a runtime for it.
class DeviceUnderTest {
 public:
  DeviceUnderTest();
  ~DeviceUnderTest();
  DeviceUnderTest(const DeviceUnderTest&) = delete;
  DeviceUnderTest& operator=(const DeviceUnderTest&) = delete;

  // Why nothing can be compared; empty where there is a device.
  const std::string& absence() const { return absence_; }
  bool has_dependent_launch() const { return device_->major >= 9; }

  // Adds a test failure where a call fails. `m` rows each; the outputs are filled before with a
  // byte that must not survive.
  Difference compare(const DeviceSpec& spec, const std::vector<int64_t>& rows) const;

 private:
  static constexpr int32_t kOrdinal = 0;

  Devices devices_;
  const Device* device_ = nullptr;
  fp4jit_runtime* runtime_ = nullptr;
  std::string absence_;
};

}  // namespace fp4jit
