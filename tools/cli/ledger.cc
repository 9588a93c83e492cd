#include "tools/cli/ledger.h"

#include <sys/resource.h>

namespace fp4jit::cli {
namespace {

uint64_t peak_memory() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

Json ledger_json(const PrewarmRun& run, double plan_seconds, const std::string& store) {
  Json kernels = Json::array();
  double compile = 0, look_up = 0, put = 0;
  for (const SpecResult& result : run.results) {
    bool is_look_up = result.outcome == Outcome::kCached;
    (is_look_up ? look_up : compile) += result.milliseconds / 1e3;
    put += result.store_milliseconds / 1e3;
    Json kernel = {{"spec", result.spec}, {"status", enum_name(result.outcome)}};
    if (result.outcome != Outcome::kPlanned) {
      kernel[is_look_up ? "look_up_ms" : "compile_ms"] = result.milliseconds;
      kernel["store_ms"] = result.store_milliseconds;
      kernel["bytes"] = result.bytes;
      kernel["error"] = result.status.message();
    }
    kernels.push_back(std::move(kernel));
  }
  return {{"plan_seconds", plan_seconds},
          {"compile_seconds", compile},
          {"look_up_seconds", look_up},
          {"store_seconds", put},
          {"seconds", run.seconds},
          {"interrupted", run.interrupted},
          {"peak_memory_bytes", peak_memory()},
          {"store", store},
          {"kernels", kernels}};
}

}  // namespace fp4jit::cli
