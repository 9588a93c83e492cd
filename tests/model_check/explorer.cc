#include "tests/model_check/explorer.h"

namespace fp4jit::model_check {

Explored explore(const Program& program, Search search, uint64_t most) {
  Explored found;
  Choices choices;
  std::vector<std::unique_ptr<Fiber>> fibers;
  while (found.executions + found.redundant < most) {
    Execution execution(choices, fibers, search);
    Outcome outcome = program(execution);
    ++(execution.is_redundant() ? found.redundant : found.executions);
    found.failure = execution.failure();
    if (found.failure) return found;
    if (!execution.is_redundant()) found.outcomes.insert(std::move(outcome));
    bool is_last = !choices.next();
    if (!choices.is_repeatable()) {
      found.failure = {FailureKind::kUnsupported, "the program differs from run to run"};
      return found;
    }
    found.is_complete = is_last;
    if (is_last) return found;
  }
  return found;
}

}  // namespace fp4jit::model_check
