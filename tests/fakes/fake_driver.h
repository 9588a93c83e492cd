// What: a CUDA driver in memory: records what is asked of it, and fails where a test says so.
// Threads: its calls may come from many threads; set it up before. One at a time: the driver's
// functions take no context, so they find the fake that lives.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "device/driver.h"
#include "templates/quantize_args.cuh"

namespace fp4jit {

struct FakeGpu {
  int major = 9;
  int minor = 0;
  std::string name = "Fake GPU";
};

struct FakeLaunch {
  CUfunction function = nullptr;
  unsigned grid[3] = {};
  unsigned block[3] = {};
  CUstream stream = nullptr;
  bool dependent = false;  // programmatic stream serialisation was asked for
  QuantizeArgs args = {};
};

class FakeDriver {
 public:
  explicit FakeDriver(std::vector<FakeGpu> gpus = {FakeGpu{}});
  ~FakeDriver();
  FakeDriver(const FakeDriver&) = delete;
  FakeDriver& operator=(const FakeDriver&) = delete;

  DriverApi api() const;

  // The nth call of `function` from now on gives `result`.
  void fail(const std::string& function, CUresult result, int nth = 1);

  int version = 13000;
  std::set<std::string> symbols;  // that libraries hold; empty: any
  bool default_stream_needs_context = false;
  CUstreamCaptureStatus capture_status = CU_STREAM_CAPTURE_STATUS_NONE;  // of every stream

  int calls(const std::string& function) const;
  std::vector<std::string> sequence() const;  // of all calls
  std::vector<FakeLaunch> launches() const;
  std::vector<std::string> images() const;  // loaded, in order
  int loads_outside_relaxed_capture() const;

  // Of the calling thread.
  static CUcontext current_context();
  static CUstreamCaptureMode capture_mode();
  static CUcontext primary_context(int ordinal);

 private:
  friend struct FakeFunctions;

  CUresult enter(const char* function);

  std::vector<FakeGpu> gpus_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::string> sequence_;
  std::map<std::string, std::pair<int, CUresult>> failures_;  // calls left, and then what
  std::vector<FakeLaunch> launches_;
  std::vector<std::string> images_;
  int loads_outside_relaxed_capture_ = 0;
};

}  // namespace fp4jit
