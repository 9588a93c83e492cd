// One specialisation against an empty kernel, the least that NVRTC can be asked for. Both are timed
// in turn, so that their ratio is of one moment of the machine.
#include <benchmark/benchmark.h>

#include <chrono>

#include "tools/bench/scratch_cache.h"

namespace fp4jit::bench {
namespace {

Source empty_kernel() {
  return {"empty.cu", "__global__ void empty() {}\n", "empty", {}};
}

// Seconds; negative where it fails, with the reason in the state.
double compile(benchmark::State& state, Compiler& compiler, const Source& source, Target target) {
  CompileRequest request;
  request.source = &source;
  request.target = target;
  request.random_seed = "bench";
  auto start = std::chrono::steady_clock::now();
  Result<CompileOutput> output = compiler.compile(request);
  std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  if (!output.ok()) state.SkipWithError(output.status().message().c_str());
  return output.ok() ? passed.count() : -1;
}

void compile_specialisation(benchmark::State& state, const char* text) {
  Result<Compiler*> compiler = nvrtc()->open();
  if (!compiler.ok()) return state.SkipWithError(compiler.status().message().c_str());
  Spec spec = spec_of(text);
  Source empty = empty_kernel(), source = render_source(spec);
  double empty_seconds = 0, seconds = 0;
  for (auto _ : state) {
    double one_empty = compile(state, **compiler, empty, spec.target);
    double one = compile(state, **compiler, source, spec.target);
    if (one_empty < 0 || one < 0) return;
    state.SetIterationTime(one);
    empty_seconds += one_empty;
    seconds += one;
  }
  state.counters["empty_ms"] = 1000 * empty_seconds / static_cast<double>(state.iterations());
  state.counters["times_empty"] = seconds / empty_seconds;
}

void timed_by_hand(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(compile_specialisation, nvfp4_128x4_sm_100a,
                  "nvfp4_quantize[k=7168,in=bf16,layout=128x4]@sm_100a")
    ->Apply(timed_by_hand);
BENCHMARK_CAPTURE(compile_specialisation, mxfp8_128x4_sm_100a,
                  "mxfp8_quantize[k=7168,in=bf16,layout=128x4]@sm_100a")
    ->Apply(timed_by_hand);
BENCHMARK_CAPTURE(compile_specialisation, nvfp4_128x4_sm_90,
                  "nvfp4_quantize[k=7168,in=bf16,layout=128x4]@sm_90")
    ->Apply(timed_by_hand);

}  // namespace
}  // namespace fp4jit::bench
