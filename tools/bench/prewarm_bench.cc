// `fp4jit prewarm` of the example model at TP 8 for one target: into an empty store, and again. The
// plan alone of each model of the tests.
#include <benchmark/benchmark.h>

#include <atomic>
#include <filesystem>

#include "base/format.h"
#include "spec/text.h"
#include "tools/bench/scratch_cache.h"
#include "tools/cli/prewarm_run.h"
#include "tools/model/plan.h"

namespace fp4jit::bench {
namespace {

constexpr const char* kModel = FP4JIT_SOURCE_DIR "/examples/models/Llama-3.3-70B-Instruct-NVFP4";

constexpr const char* kModels = FP4JIT_SOURCE_DIR "/tests/golden/models";

Result<std::vector<Spec>> model_specs() {
  model::PlanRequest request;
  request.path = kModel;
  request.parallel.tp = 8;
  FP4JIT_ASSIGN_OR_RETURN(model::Plan plan, model::plan_model(request));
  std::vector<Spec> specs;
  for (const auto& [planned, by] : plan.needed) {
    std::string text = formatted("{}_quantize[k={},in={},layout=128x4]@sm_100a",
                                 enum_name(planned.format), planned.k, enum_name(plan.in));
    FP4JIT_ASSIGN_OR_RETURN(Spec spec, parse_spec(text));
    specs.push_back(spec);
  }
  return specs;
}

cli::PrewarmRun prewarm(benchmark::State& state, const ScratchCache& scratch,
                        const std::vector<Spec>& specs) {
  std::atomic<bool> never{false};
  cli::PrewarmRun run =
      cli::run_prewarm(*scratch.open(), specs, 0, &never, [](const cli::SpecResult&) {});
  for (const cli::SpecResult& result : run.results) {
    if (!result.status.ok()) state.SkipWithError(result.status.message().c_str());
  }
  return run;
}

void prewarm_model(benchmark::State& state) {
  Result<std::vector<Spec>> specs = model_specs();
  if (!specs.ok()) return state.SkipWithError(specs.status().message().c_str());
  for (auto _ : state) {
    ScratchCache scratch;
    cli::PrewarmRun run = prewarm(state, scratch, *specs);
    state.SetIterationTime(run.seconds);
  }
  state.counters["specs"] = static_cast<double>(specs->size());
}

void prewarm_model_again(benchmark::State& state) {
  Result<std::vector<Spec>> specs = model_specs();
  if (!specs.ok()) return state.SkipWithError(specs.status().message().c_str());
  ScratchCache scratch;
  prewarm(state, scratch, *specs);
  for (auto _ : state) {
    cli::PrewarmRun run = prewarm(state, scratch, *specs);
    state.SetIterationTime(run.seconds);
  }
  state.counters["specs"] = static_cast<double>(specs->size());
}

// A checkpoint without metadata is planned as nvfp4.
void plan_model(benchmark::State& state, const std::string& folder) {
  model::PlanRequest request;
  request.path = folder;
  request.parallel.tp = 2;
  if (model::plan_model(request).status().code() == StatusCode::kInvalidArgument)
    request.format = Format::kNvfp4;
  for (auto _ : state) {
    Result<model::Plan> plan = model::plan_model(request);
    if (!plan.ok()) return state.SkipWithError(plan.status().message().c_str());
    benchmark::DoNotOptimize(plan);
  }
}

[[maybe_unused]] const bool registered = [] {
  for (const auto& entry : std::filesystem::directory_iterator(kModels)) {
    if (!entry.is_directory()) continue;
    std::string name = "plan_model/" + entry.path().filename().string();
    benchmark::RegisterBenchmark(name.c_str(), plan_model, entry.path().string())
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

BENCHMARK(prewarm_model)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(prewarm_model_again)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace fp4jit::bench
