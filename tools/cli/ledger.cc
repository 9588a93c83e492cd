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
    bool is_compile = result.outcome != Outcome::kCached;
    (is_compile ? compile : look_up) += result.milliseconds / 1e3;
    put += result.store_milliseconds / 1e3;
    kernels.push_back({{"spec", result.spec},
                       {"status", enum_name(result.outcome)},
                       {is_compile ? "compile_ms" : "look_up_ms", result.milliseconds},
                       {"store_ms", result.store_milliseconds},
                       {"bytes", result.bytes},
                       {"error", result.status.message()}});
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
