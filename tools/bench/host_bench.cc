// The host operator on one core; bytes are those of the input.
#include <benchmark/benchmark.h>

#include <bit>
#include <random>
#include <vector>

#include "host/quantize.h"
#include "tools/bench/scratch_cache.h"

namespace fp4jit::bench {
namespace {

// bf16 bits of normally distributed numbers.
std::vector<uint16_t> random_bf16(size_t count) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<uint16_t> elements(count);
  for (uint16_t& element : elements) {
    element = static_cast<uint16_t>(std::bit_cast<uint32_t>(normal(random)) >> 16);
  }
  return elements;
}

void quantize(benchmark::State& state, const char* text) {
  constexpr int64_t kRows = 512;
  Spec spec = spec_of(text);
  Extent extent = *resolve_extent(spec, kRows);
  OutputShape shape = output_shape(spec, extent);
  std::vector<uint16_t> input = random_bf16(static_cast<size_t>(extent.m * extent.k));
  std::vector<uint8_t> data(static_cast<size_t>(shape.data_bytes()));
  std::vector<uint8_t> sf(static_cast<size_t>(shape.sf_bytes()));
  float global_scale = 448.0f * 6.0f / 5.0f;
  host::QuantizeCall call{input.data(), &global_scale, data.data(), sf.data(), extent};
  for (auto _ : state) {
    Status status = host::quantize(spec, call, {.threads = 1});
    if (!status.ok()) return state.SkipWithError(status.message().c_str());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * input_bytes(spec, extent));
}

void in_milliseconds(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(quantize, nvfp4, "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a")
    ->Apply(in_milliseconds);
BENCHMARK_CAPTURE(quantize, nvfp4_exact,
                  "nvfp4_quantize[k=4096,in=bf16,layout=128x4,numerics=exact]@sm_100a")
    ->Apply(in_milliseconds);
BENCHMARK_CAPTURE(quantize, mxfp4, "mxfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a")
    ->Apply(in_milliseconds);
BENCHMARK_CAPTURE(quantize, mxfp8, "mxfp8_quantize[k=4096,in=bf16,layout=128x4]@sm_100a")
    ->Apply(in_milliseconds);

}  // namespace
}  // namespace fp4jit::bench
