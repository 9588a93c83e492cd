// A million look-ups and launches call none of the functions that a hot path must not call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hot_threads.h"
#include "interposers.h"
#include "stubdriver.h"

namespace fp4jit::hot_path {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Pair;

constexpr uint64_t kRounds = 1'000'000;

struct Counted {
  fp4jit_status status;
  uint64_t launches;
  std::map<std::string, uint64_t> calls;
};

Counted count_calls(Scenario scenario, uint64_t rounds) {
  HotRuntime hot;
  std::string error = hot.prepare();
  EXPECT_EQ(error, "");
  EXPECT_EQ(fp4jit_seal(hot.runtime(), scenario.seal), FP4JIT_OK);
  HotThreads workers(hot, scenario.threads, rounds);
  Counted counted;
  uint64_t before = stubdriver_launches();
  start_counting();
  counted.status = workers.run();
  counted.calls = stop_counting();
  counted.launches = stubdriver_launches() - before;
  return counted;
}

class Interposed : public testing::TestWithParam<Scenario> {};

TEST_P(Interposed, AMillionLookUpsAndLaunchesCallNothing) {
  Counted counted = count_calls(GetParam(), kRounds);
  EXPECT_EQ(counted.status, FP4JIT_OK);
  EXPECT_EQ(counted.launches, kRounds * kLaunchesPerRound);
  EXPECT_THAT(counted.calls, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Interposed, testing::ValuesIn(kScenarios), scenario_name);

struct Deed {
  const char* word;      // of stubdriver_break
  const char* function;  // that it calls
};

void PrintTo(const Deed& deed, std::ostream* out) {
  *out << deed.word;
}

class BrokenDriver : public testing::TestWithParam<Deed> {};

TEST_P(BrokenDriver, IsCounted) {
  ASSERT_EQ(stubdriver_break(GetParam().word), 0);
  Counted counted = count_calls({FP4JIT_SEAL_HARD, 1}, 100);
  stubdriver_break("");
  EXPECT_EQ(counted.status, FP4JIT_OK);
  EXPECT_THAT(counted.calls, Contains(Pair(GetParam().function, 100 * kLaunchesPerRound)));
}

INSTANTIATE_TEST_SUITE_P(
    Deeds, BrokenDriver,
    testing::Values(Deed{"malloc", "malloc"}, Deed{"new", "malloc"},
                    Deed{"mutex", "pthread_mutex_lock"}, Deed{"rwlock", "pthread_rwlock_rdlock"},
                    Deed{"cond", "pthread_cond_signal"}, Deed{"once", "pthread_once"},
                    Deed{"getenv", "getenv"}, Deed{"clock_gettime", "clock_gettime"},
                    Deed{"open", "open"}, Deed{"stat", "stat"}, Deed{"read", "read"},
                    Deed{"dlsym", "dlsym"}, Deed{"syscall", "syscall"}),
    [](const auto& info) { return std::string(info.param.word); });

}  // namespace
}  // namespace fp4jit::hot_path
