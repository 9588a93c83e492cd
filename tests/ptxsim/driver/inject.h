// What: counts the calls of each entry point and says which of them shall fail (PTXSIM_FAIL).
// Threads: under the driver's lock.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/ptxsim/driver/settings.h"

namespace ptxsim {

class Injector {
 public:
  Injector() = default;
  explicit Injector(std::vector<PlannedFailure> failures) : failures_(std::move(failures)) {}

  // CUDA_SUCCESS, or what this call of `entry` returns instead of doing anything.
  CUresult next_call(const std::string& entry);

 private:
  std::vector<PlannedFailure> failures_;
  std::map<std::string, uint64_t> calls_;
};

}  // namespace ptxsim
