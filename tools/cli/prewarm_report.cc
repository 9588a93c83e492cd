#include "tools/cli/prewarm_report.h"

#include <fmt/format.h>

namespace fp4jit::cli {
namespace {

// The width per rank; "a/b" where tp does not divide it.
std::string rank_width(const model::UnalignedModule& module) {
  if (module.divides()) return std::to_string(module.width / module.tp);
  return fmt::format("{}/{}", module.width, module.tp);
}

Json unaligned_json(const ModelPlan* model) {
  Json list = Json::array();
  if (!model) return list;
  for (const model::UnalignedModule& module : model->plan.unaligned) {
    Json k = rank_width(module);
    if (module.divides()) k = module.width / module.tp;
    list.push_back({{"module", module.module},
                    {"k", k},
                    {"format", enum_name(module.format)},
                    {"reason", module.reason}});
  }
  return list;
}

Json model_json(const ModelPlan& model) {
  Json needed = Json::array();
  for (const model::PlannedK& planned : model.plan.needed) {
    needed.push_back(
        {{"format", enum_name(planned.format)}, {"k", planned.k}, {"from", planned.from}});
  }
  return {{"path", model.path},
          {"model_type", model.plan.model_type},
          {"quant_source", model.plan.quantization_source},
          {"tp", model.tp},
          {"in", enum_name(model.plan.in)},
          {"needed", needed}};
}

void tell_model(const ModelPlan& model) {
  fmt::print("model {} ({}), tp {}, quantisation from {}\n", model.path, model.plan.model_type,
             model.tp, model.plan.quantization_source);
  for (const model::PlannedK& planned : model.plan.needed) {
    fmt::print("  {} k={:<6} {}\n", enum_name(planned.format), planned.k,
               fmt::join(planned.from, " "));
  }
}

}  // namespace

PrewarmLines::PrewarmLines(const ModelPlan* model, size_t total, bool quiet, bool json)
    : model_(model), lines_(!quiet && !json), bar_(stderr, total, !quiet) {}

void PrewarmLines::tell(const SpecResult& result) {
  ++told_;
  if (lines_ && result.outcome != Outcome::kFailed) {
    bar_.clear();
    if (model_ && !header_told_) tell_model(*model_);
    header_told_ = true;
    fmt::print("{:<8} {:>7.1f} ms {:>6} bytes  {}\n", enum_name(result.outcome),
               result.milliseconds, result.bytes, result.spec);
    std::fflush(stdout);
  }
  bar_.draw(told_);
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
               {"unaligned", unaligned_json(model)},
               {"seconds", run.seconds},
               {"store", store},
               {"interrupted", run.interrupted}};
  if (model) json["model"] = model_json(*model);
  return json;
}

std::string prewarm_summary(const PrewarmRun& run, const ModelPlan* model,
                            const std::string& store) {
  uint64_t bytes = 0;
  for (const SpecResult& result : run.results) bytes += result.bytes;
  std::string unaligned;
  if (model && !model->plan.unaligned.empty()) {
    unaligned = fmt::format(", unaligned {}", model->plan.unaligned.size());
  }
  if (run.results.empty() && !run.interrupted && !model) return "nothing to do: no spec is listed";
  if (size_t planned = run.count(Outcome::kPlanned)) {
    size_t failed = run.count(Outcome::kFailed);
    return fmt::format("planned {}{}{}", planned, failed ? fmt::format(", failed {}", failed) : "",
                       unaligned);
  }
  return fmt::format("compiled {}, cached {}, failed {}{}; {:.3f} s, {} bytes; store {}",
                     run.count(Outcome::kCompiled), run.count(Outcome::kCached),
                     run.count(Outcome::kFailed), unaligned, run.seconds, bytes, store);
}

void tell_failures(const PrewarmRun& run) {
  for (const SpecResult& result : run.results) {
    if (result.outcome == Outcome::kFailed) {
      complain(fmt::format("{} failed: {}", result.spec, result.status.message()));
    }
  }
}

void tell_unaligned(const ModelPlan& model) {
  for (const model::UnalignedModule& module : model.plan.unaligned) {
    complain(fmt::format("unaligned: {} ({}, k {}): {}", module.module, enum_name(module.format),
                         rank_width(module), module.reason));
  }
}

}  // namespace fp4jit::cli
