// A million checkpoints, or as many as FP4JIT_FUZZ_RUNS says, from the seed FP4JIT_FUZZ_SEED.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "plan_check.h"

namespace fp4jit::model {
namespace {

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(PlanFuzzLong, AMillionMutations) {
  const uint64_t runs = setting("FP4JIT_FUZZ_RUNS", 1000000);
  ConfigMutator mutator(setting("FP4JIT_FUZZ_SEED", 2));
  CheckpointFolder folder;
  uint64_t done = 0, plans = 0;
  for (; done < runs && !HasFailure(); ++done)
    plans += check_plan(folder, mutator.next_files(), mutator.next_request());
  std::printf("%llu checkpoints, of which %llu have a plan\n",
              static_cast<unsigned long long>(done), static_cast<unsigned long long>(plans));
  EXPECT_GT(plans, runs / 20);
}

}  // namespace
}  // namespace fp4jit::model
