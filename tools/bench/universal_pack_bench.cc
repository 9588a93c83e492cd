// The kernels for every NVFP4 width of the published models at TP 1, 2, 4 and 8, into an empty
// store, as `fp4jit prewarm` compiles them: how many a second, and the memory of the process, which
// must not grow with their number. Only with a filter is the memory that of this benchmark alone.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <atomic>

#include "base/format.h"
#include "tools/bench/scratch_cache.h"
#include "tools/cli/heap.h"
#include "tools/cli/prewarm_run.h"

namespace fp4jit::bench {
namespace {

// The multiples of 16 among them.
constexpr int kWidths[] = {
    64,    80,    96,    128,   160,   176,   192,   256,   320,   336,   352,   384,   464,   512,
    640,   672,   704,   720,   768,   928,   1024,  1216,  1280,  1344,  1408,  1440,  1536,  1792,
    1856,  2048,  2176,  2304,  2432,  2560,  2688,  2736,  2880,  3072,  3200,  3584,  3712,  4096,
    4352,  4608,  4864,  5120,  5376,  5472,  6144,  6400,  6656,  7168,  8192,  8704,  9216,  9728,
    10944, 12288, 12800, 13312, 14336, 16384, 17408, 18432, 25600, 26624, 28672, 32768, 53248,
};

std::vector<Spec> every_width(const char* target) {
  std::vector<Spec> specs;
  for (int k : kWidths) {
    for (const char* in : {"bf16", "f16"}) {
      for (const char* layout : {"128x4", "8x4"}) {
        for (int pdl : {0, 1}) {
          std::string text = formatted("nvfp4_quantize[k={},in={},layout={},pdl={}]@{}", k, in,
                                       layout, pdl, target);
          specs.push_back(spec_of(text.c_str()));
        }
      }
    }
  }
  return specs;
}

double peak_megabytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1000;
}

void universal_pack(benchmark::State& state, const char* target) {
  std::vector<Spec> specs = every_width(target);
  std::atomic<bool> never{false};
  cli::keep_freed_memory(0);
  double seconds = 0;
  for (auto _ : state) {
    ScratchCache scratch;
    cli::PrewarmRun run =
        cli::run_prewarm(*scratch.open(), specs, 0, &never, [](const cli::SpecResult&) {});
    for (const cli::SpecResult& result : run.results) {
      if (!result.status.ok()) return state.SkipWithError(result.status.message().c_str());
    }
    state.SetIterationTime(run.seconds);
    seconds += run.seconds;
  }
  state.counters["kernels"] = static_cast<double>(specs.size());
  state.counters["kernels_per_second"] =
      static_cast<double>(specs.size()) * static_cast<double>(state.iterations()) / seconds;
  state.counters["peak_megabytes"] = peak_megabytes();
}

BENCHMARK_CAPTURE(universal_pack, sm_100a, "sm_100a")
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace fp4jit::bench
