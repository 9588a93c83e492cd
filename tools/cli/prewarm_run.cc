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

SpecResult prewarm_one(ArtifactCache& artifacts, const Spec& spec,
                       const std::atomic<bool>* cancelled) {
  Clock::time_point start = Clock::now();
  Result<Found> found = without_exceptions([&] { return artifacts.get(spec, cancelled); });
  SpecResult result;
  result.spec = spec_text(spec);
  result.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  result.status = found.status();
  result.outcome = Outcome::kFailed;
  if (!found.ok()) return result;
  bool compiled = found->layer == Layer::kCompile;
  result.outcome = compiled ? Outcome::kCompiled : Outcome::kCached;
  result.bytes = found->artifact->record.payload.size();
  result.stored = !compiled || artifacts.store_artifact(*found->artifact);
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
  run.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return run;
}

PrewarmRun dry_run(const std::vector<Spec>& specs) {
  PrewarmRun run;
  for (const Spec& spec : specs) {
    run.results.push_back({spec_text(spec), Outcome::kPlanned, 0, 0, true, {}});
  }
  return run;
}

}  // namespace fp4jit::cli
