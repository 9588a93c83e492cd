#include "tools/cli/prewarm_report.h"
#include "base/format.h"

namespace fp4jit::cli {
PrewarmLines::PrewarmLines(const ModelPlan* model, size_t total, bool quiet, bool json)
    : model_(model), lines_(!quiet && !json), bar_(stderr, total, !quiet) {}

void PrewarmLines::tell(const SpecResult& result) {
  ++told_;
  if (lines_ && result.outcome != Outcome::kFailed) {
    bar_.clear();
    tell_header(result.outcome);
    if (result.outcome == Outcome::kPlanned) {
      print_formatted(stdout, "planned  {}\n", result.spec);
    } else {
      print_formatted(stdout, "{:<8} {:>7.1f} ms {:>6} bytes  {}\n", enum_name(result.outcome),
                      result.milliseconds, result.bytes, result.spec);
    }
    std::fflush(stdout);
  }
  bar_.draw(told_);
}

void PrewarmLines::tell_header(Outcome first) {
  if (!model_ || header_told_) return;
  header_told_ = true;
  tell_model(*model_);
  if (first == Outcome::kPlanned) tell_modules(*model_);
}

Json prewarm_json(const PrewarmRun& run, const ModelPlan* model, const std::string& store) {
  Json specs = Json::array();
  for (const SpecResult& result : run.results) {
    specs.push_back({{"spec", result.spec},
                     {"status", enum_name(result.outcome)},
                     {"ms", result.milliseconds},
                     {"bytes", result.bytes},
                     {"error", result.status.message()}});
  }
  Json json = {{"specs", specs},
               {"compiled", run.count(Outcome::kCompiled)},
               {"cached", run.count(Outcome::kCached)},
               {"failed", run.count(Outcome::kFailed)},
               {"unaligned", model ? unaligned_json(*model) : Json::array()},
               {"seconds", run.seconds},
               {"store", store},
               {"resumed", run.resumed},
               {"interrupted", run.interrupted}};
  if (model) json["model"] = model_json(*model);
  return json;
}

std::string prewarm_summary(const PrewarmRun& run, const ModelPlan* model,
                            const std::string& store) {
  uint64_t bytes = 0;
  for (const SpecResult& result : run.results) bytes += result.bytes;
  std::string unaligned;
  if (size_t count = model ? unaligned_json(*model).size() : 0) {
    unaligned = formatted(", unaligned {}", count);
  }
  if (run.resumed > 0) unaligned += formatted(", there before {}", run.resumed);
  if (run.results.empty() && !run.interrupted && run.resumed == 0 && !model)
    return "nothing to do: no spec is listed";
  if (size_t planned = run.count(Outcome::kPlanned)) {
    size_t failed = run.count(Outcome::kFailed);
    return formatted("planned {}{}{}", planned, failed ? formatted(", failed {}", failed) : "",
                     unaligned);
  }
  return formatted("compiled {}, cached {}, failed {}{}; {:.3f} s, {} bytes; store {}",
                   run.count(Outcome::kCompiled), run.count(Outcome::kCached),
                   run.count(Outcome::kFailed), unaligned, run.seconds, bytes, store);
}

void tell_failures(const PrewarmRun& run) {
  for (const SpecResult& result : run.results) {
    if (result.outcome == Outcome::kFailed) {
      complain(formatted("{} failed: {}", result.spec, result.status.message()));
    }
  }
}

}  // namespace fp4jit::cli
