// A look-up of a prepared kernel: what Registry::find does, over a table of as many kernels as a
// large model has.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <vector>

#include "registry/snapshot_table.h"
#include "tools/bench/scratch_cache.h"

namespace fp4jit::bench {
namespace {

constexpr size_t kKernels = 256;

std::vector<KernelKey> shuffled_keys() {
  Spec spec = spec_of("nvfp4_quantize[k=16,in=bf16,layout=128x4]@sm_100a");
  std::vector<KernelKey> keys;
  for (size_t i = 1; i <= kKernels; ++i) {
    spec.k = spec.k_out = static_cast<uint32_t>(16 * i);
    keys.push_back({pack_spec(spec), 0});
  }
  std::shuffle(keys.begin(), keys.end(), std::mt19937(1));
  return keys;
}

void look_up(benchmark::State& state) {
  std::vector<KernelKey> keys = shuffled_keys();
  std::vector<KernelRecord> records(kKernels);
  SnapshotTable<> table;
  for (size_t i = 0; i < kKernels; ++i) table.insert(keys[i], &records[i]);
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.find(keys[next]));
    next = (next + 1) % kKernels;
  }
}

BENCHMARK(look_up);

}  // namespace
}  // namespace fp4jit::bench
