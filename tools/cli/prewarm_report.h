// What: what prewarm tells: lines while it works and a summary, or one JSON object (design §12's
// contract).
// Threads: tell is called under the run's lock; the rest from one thread.
#pragma once

#include <optional>
#include <string>

#include "tools/cli/model_report.h"
#include "tools/cli/prewarm_run.h"
#include "tools/cli/progress_bar.h"

namespace fp4jit::cli {

// Tells each spec's outcome as it comes: a line on stdout, a failure on stderr.
class PrewarmLines {
 public:
  // `model` may be null, and outlives this.
  PrewarmLines(const ModelPlan* model, size_t total, bool quiet, bool json);
  void tell(const SpecResult& result);

 private:
  void tell_header(Outcome first);

  const ModelPlan* model_;
  bool lines_;
  bool header_told_ = false;
  size_t told_ = 0;
  ProgressBar bar_;
};

// `store` is where the artifacts stand, or "memory-only".
Json prewarm_json(const PrewarmRun& run, const ModelPlan* model, const std::string& store);
std::string prewarm_summary(const PrewarmRun& run, const ModelPlan* model,
                            const std::string& store);

// To stderr: each failure with its log.
void tell_failures(const PrewarmRun& run);

}  // namespace fp4jit::cli
