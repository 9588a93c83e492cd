#include "tools/cli/prewarm_run.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>

#include "base/exception_status.h"
#include "base/parallel.h"
#include "spec/text.h"

namespace fp4jit::cli {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

SpecResult prewarm_one(ArtifactCache& artifacts, const Spec& spec,
                       const std::atomic<bool>* cancelled) {
  Clock::time_point start = Clock::now();
  Result<Found> found = without_exceptions([&] { return artifacts.get(spec, cancelled); });
  SpecResult result;
  result.spec = spec_text(spec);
  result.milliseconds = milliseconds_since(start);
  result.status = found.status();
  result.outcome = Outcome::kFailed;
  if (!found.ok()) return result;
  bool compiled = found->layer == Layer::kCompile;
  result.outcome = compiled ? Outcome::kCompiled : Outcome::kCached;
  result.bytes = found->artifact->record.payload.size();
  if (compiled) {
    start = Clock::now();
    result.stored = artifacts.store_artifact(*found->artifact);
    result.store_milliseconds = milliseconds_since(start);
  }
  artifacts.forget(spec);
  return result;
}

}  // namespace

size_t PrewarmRun::count(Outcome outcome) const {
  return static_cast<size_t>(
      std::count_if(results.begin(), results.end(),
                    [outcome](const SpecResult& result) { return result.outcome == outcome; }));
}

PrewarmRun run_prewarm(ArtifactCache& artifacts, const std::vector<Spec>& specs, int jobs,
                       const std::atomic<bool>* cancelled,
                       const std::function<void(const SpecResult&)>& done) {
  Clock::time_point start = Clock::now();
  std::vector<std::optional<SpecResult>> finished(specs.size());
  std::mutex mutex;
  parallel_for(specs.size(), jobs, [&](size_t index) {
    if (cancelled->load(std::memory_order_relaxed)) return;
    SpecResult result = prewarm_one(artifacts, specs[index], cancelled);
    if (result.status.code() == StatusCode::kCancelled) return;
    std::lock_guard lock(mutex);
    done(result);
    finished[index] = std::move(result);
  });
  PrewarmRun run;
  for (auto& result : finished) {
    if (result) run.results.push_back(*std::move(result));
  }
  run.interrupted = run.results.size() < specs.size();
  run.seconds = milliseconds_since(start) / 1e3;
  return run;
}

PrewarmRun dry_run(const std::vector<Spec>& specs) {
  PrewarmRun run;
  for (const Spec& spec : specs) {
    SpecResult planned;
    planned.spec = spec_text(spec);
    run.results.push_back(std::move(planned));
  }
  return run;
}

}  // namespace fp4jit::cli
