// One record of a real kernel, read from the store and verified.
#include <benchmark/benchmark.h>

#include "compile/artifact_key.h"
#include "tools/bench/scratch_cache.h"

namespace fp4jit::bench {
namespace {

void read_record(benchmark::State& state) {
  ScratchCache scratch;
  Spec spec = spec_of("nvfp4_quantize[k=7168,in=bf16,layout=128x4]@sm_100a");
  std::unique_ptr<ArtifactCache> artifacts = scratch.open();
  Result<Found> made = artifacts->get(spec);
  if (!made.ok()) return state.SkipWithError(made.status().message().c_str());
  artifacts->store_artifact(*made->artifact);
  std::shared_ptr<cache::ObjectStore> store = scratch.open_store();
  ArtifactKey key = artifact_key(spec, cache::Kind::kCubin);
  auto any = [](const cache::Toolchain&) { return true; };
  for (auto _ : state) {
    std::optional<cache::Record> record = store->find(key.digest, key.text, any);
    if (!record) return state.SkipWithError("the record that was just stored is not found");
    benchmark::DoNotOptimize(record->payload.data());
  }
  state.counters["payload_bytes"] = static_cast<double>(made->artifact->record.payload.size());
}

BENCHMARK(read_record)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace fp4jit::bench
