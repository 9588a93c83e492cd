// Whatever a checkpoint's files hold, there is a plan or one line about them.
#include <gtest/gtest.h>

#include "plan_check.h"
#include "spec/spec.h"

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

// What a longer run has found: padded, it would be wider than any K.
TEST(PlanFuzz, TheWidestWidth) {
  nlohmann::json config = golden_config("gpt-oss-120b");
  CheckpointFolder folder;
  for (int64_t width : {int64_t{kMaxK}, int64_t{1} << 22, int64_t{1} << 21}) {
    config["intermediate_size"] = width;
    PlanRequest request;
    request.pad_policy = PadPolicy::kTrtllmMxfp8Moe;
    EXPECT_EQ(check_plan(folder, {config.dump(), ""}, request), width == int64_t{1} << 21) << width;
  }
}

}  // namespace
}  // namespace fp4jit::model
