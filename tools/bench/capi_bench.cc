// The calls of the C API that a request is made of, whole, over a driver that launches nothing.
#include <benchmark/benchmark.h>

#include "tools/bench/hot_calls.h"

namespace fp4jit::bench {
namespace {

struct Prepared {
  HotRuntime hot;
  std::string error = hot.prepare();
};

template <class Call>
void over_all_calls(benchmark::State& state, Call call) {
  static Prepared prepared;
  if (!prepared.error.empty()) return state.SkipWithError(prepared.error.c_str());
  const std::vector<HotCall>& calls = prepared.hot.calls();
  size_t next = 7 * static_cast<size_t>(state.thread_index());
  for (auto _ : state) {
    if (call(prepared.hot.runtime(), calls[next]) != FP4JIT_OK) {
      state.SkipWithError(fp4jit_last_error());
      break;
    }
    if (++next == calls.size()) next = 0;
  }
}

void capi_find(benchmark::State& state) {
  over_all_calls(state, [](fp4jit_runtime* runtime, const HotCall& call) {
    fp4jit_kernel kernel = 0;
    return fp4jit_find(runtime, &call.spec, call.device, &kernel);
  });
}

void capi_launch(benchmark::State& state) {
  over_all_calls(state, [](fp4jit_runtime* runtime, const HotCall& call) {
    return fp4jit_launch(runtime, call.kernel, &call.args);
  });
}

void capi_launch_spec(benchmark::State& state) {
  over_all_calls(state, [](fp4jit_runtime* runtime, const HotCall& call) {
    return fp4jit_launch_spec(runtime, &call.spec, call.device, &call.args);
  });
}

BENCHMARK(capi_find)->Threads(1)->Threads(2);
BENCHMARK(capi_launch)->Threads(1)->Threads(2);
BENCHMARK(capi_launch_spec)->Threads(1)->Threads(2);

}  // namespace
}  // namespace fp4jit::bench
