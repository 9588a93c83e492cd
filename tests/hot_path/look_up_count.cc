// The hot calls, each in a function of its own, for callgrind to count the instructions of: it
// writes what it counted whenever one of the measure_ functions ends.
#include <cstdio>

#include "tools/bench/hot_calls.h"

using fp4jit::bench::HotCall;
using fp4jit::bench::HotRuntime;

namespace {

constexpr int kRepeats = 4;
fp4jit_status worst = FP4JIT_OK;

void check(fp4jit_status status) {
  if (status != FP4JIT_OK) worst = status;
}

}  // namespace

extern "C" {

__attribute__((noinline)) void measure_find(const HotRuntime& hot, const HotCall& call) {
  fp4jit_kernel kernel = 0;
  for (int i = 0; i < kRepeats; ++i) {
    check(fp4jit_find(hot.runtime(), &call.spec, call.device, &kernel));
  }
}

__attribute__((noinline)) void measure_launch(const HotRuntime& hot, const HotCall& call) {
  for (int i = 0; i < kRepeats; ++i) check(fp4jit_launch(hot.runtime(), call.kernel, &call.args));
}

__attribute__((noinline)) void measure_launch_spec(const HotRuntime& hot, const HotCall& call) {
  for (int i = 0; i < kRepeats; ++i) {
    check(fp4jit_launch_spec(hot.runtime(), &call.spec, call.device, &call.args));
  }
}

}  // extern "C"

int main() {
  HotRuntime hot;
  std::string error = hot.prepare();
  if (!error.empty()) fprintf(stderr, "%s\n", error.c_str());
  if (!error.empty() || run_calls(hot, 0, hot.calls().size()) != FP4JIT_OK) return 1;
  for (const HotCall& call : hot.calls()) {
    measure_find(hot, call);
    measure_launch(hot, call);
    measure_launch_spec(hot, call);
  }
  return worst == FP4JIT_OK ? 0 : 1;
}
