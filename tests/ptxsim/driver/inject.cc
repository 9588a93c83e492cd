#include "tests/ptxsim/driver/inject.h"

namespace ptxsim {

CUresult Injector::next_call(const std::string& entry) {
  if (failures_.empty()) return CUDA_SUCCESS;
  const uint64_t call = ++calls_[entry];
  for (const PlannedFailure& failure : failures_) {
    if (failure.entry == entry && failure.call == call) return failure.code;
  }
  return CUDA_SUCCESS;
}

}  // namespace ptxsim
