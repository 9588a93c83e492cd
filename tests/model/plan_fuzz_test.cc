// Whatever a checkpoint's files hold, there is a plan or one line about them.
#include <gtest/gtest.h>

#include "plan_check.h"

namespace fp4jit::model {
namespace {

TEST(PlanFuzz, MutatedCheckpoints) {
  ConfigMutator mutator(1);
  CheckpointFolder folder;
  constexpr int kRuns = 3000;
  int plans = 0;
  for (int i = 0; i < kRuns && !HasFailure(); ++i)
    plans += check_plan(folder, mutator.next_files(), mutator.next_request());
  // Both ways out are taken.
  EXPECT_GT(plans, kRuns / 20);
  EXPECT_LT(plans, kRuns * 19 / 20);
}

}  // namespace
}  // namespace fp4jit::model
