// What: what the environment asks for, read once: PTXSIM_DEVICE, PTXSIM_DEVICES, PTXSIM_MEMORY_MB,
// PTXSIM_FAIL, PTXSIM_STATS, PTXSIM_APPROX.
// Threads: a value.
// Errors: cuInit returns the code of a value that means nothing, with one line that says so.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/ptxsim/base/result.h"
#include "tests/ptxsim/driver/device_model.h"
#include "tests/ptxsim/values/approx.h"

namespace ptxsim {

// "cuMemAlloc:2:CUDA_ERROR_OUT_OF_MEMORY": the second call fails so.
struct PlannedFailure {
  std::string entry;
  uint64_t call;  // counts from 1
  CUresult code;
};

struct Settings {
  std::vector<DeviceModel> devices;
  uint64_t memory_bytes = 0;  // of each device
  std::vector<PlannedFailure> failures;
  std::string statistics_path;
  Approximation approximation = Approximation::kCorrect;
};

// `value_of` is getenv.
Result<Settings> read_settings(const char* (*value_of)(const char* name));

// Of PTXSIM_FAIL.
Result<std::vector<PlannedFailure>> parse_failures(const std::string& text);

}  // namespace ptxsim
