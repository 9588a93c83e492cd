// What: a runtime over the stub driver with every hot spec prepared on two devices, and the calls
// that go over them.
// Threads: immutable once prepared; run_calls may run on any number of threads.
// Errors: prepare gives a text, "" when all is well; it runs in children that cannot use
// GoogleTest.
#pragma once

#include <fp4jit/fp4jit.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fp4jit::bench {

struct HotCall {
  fp4jit_spec spec;
  int32_t device;
  fp4jit_kernel kernel;
  fp4jit_launch_args args;
};

// How many launches a round of run_calls makes.
inline constexpr uint64_t kLaunchesPerRound = 2;

class HotRuntime {
 public:
  HotRuntime() = default;
  ~HotRuntime() { fp4jit_runtime_release(runtime_); }
  HotRuntime(const HotRuntime&) = delete;
  HotRuntime& operator=(const HotRuntime&) = delete;

  std::string prepare();

  fp4jit_runtime* runtime() const { return runtime_; }
  const std::vector<HotCall>& calls() const { return calls_; }

 private:
  std::string add_calls(const fp4jit_spec& spec);

  fp4jit_runtime* runtime_ = nullptr;
  std::vector<HotCall> calls_;
};

// Rounds over the calls, which start at the `first` one and leap: find it, launch it by its
// handle, launch it by its spec. The first status that is not OK; FP4JIT_E_INTERNAL for a handle
// that is not the call's.
fp4jit_status run_calls(const HotRuntime& hot, size_t first, uint64_t rounds);

}  // namespace fp4jit::bench
