// A million look-ups and launches call none of the functions that a hot path must not call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hot_threads.h"
#include "interposers.h"
#include "stubdriver.h"
#include "tools/bench/hot_specs.h"

namespace fp4jit::hot_path {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::IsEmpty;
using testing::Key;
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

// The library's own slow paths: calls from inside it are seen, not the driver's alone.
class SlowPath : public testing::Test {
 protected:
  SlowPath() { EXPECT_EQ(filled_.prepare(), ""); }
  ~SlowPath() override { fp4jit_runtime_release(empty_); }

  // A runtime with every kernel of `filled_` in its store, and none loaded.
  fp4jit_runtime* empty() {
    fp4jit_config config = {};
    config.struct_size = sizeof config;
    config.cache_dir = bench::kHotStore;
    config.driver_path = bench::kStubDriver;
    EXPECT_EQ(fp4jit_runtime_create(&config, &empty_), FP4JIT_OK) << fp4jit_last_error();
    return empty_;
  }
  const bench::HotCall& call() const { return filled_.calls()[0]; }

 private:
  HotRuntime filled_;
  fp4jit_runtime* empty_ = nullptr;
};

TEST_F(SlowPath, OfALookUpThatMissesIsCounted) {
  fp4jit_runtime* runtime = empty();
  fp4jit_kernel kernel = 0;
  start_counting();
  fp4jit_status status = fp4jit_find(runtime, &call().spec, call().device, &kernel);
  std::map<std::string, uint64_t> calls = stop_counting();
  EXPECT_EQ(status, FP4JIT_E_NOT_PREPARED);
  EXPECT_THAT(calls, Contains(Key("malloc")));
}

TEST_F(SlowPath, OfALoadFromTheStoreIsCounted) {
  fp4jit_runtime* runtime = empty();
  fp4jit_kernel kernel = 0;
  start_counting();
  fp4jit_status status = fp4jit_load(runtime, &call().spec, call().device, &kernel);
  std::map<std::string, uint64_t> calls = stop_counting();
  ASSERT_EQ(status, FP4JIT_OK) << fp4jit_last_error();
  fp4jit_counters seen = {};
  seen.struct_size = sizeof seen;
  ASSERT_EQ(fp4jit_stats(runtime, &seen), FP4JIT_OK);
  EXPECT_EQ(seen.store_hits, 1u);
  EXPECT_EQ(seen.compiles, 0u);
  EXPECT_THAT(calls, Contains(Key("pthread_mutex_lock")));
  EXPECT_THAT(calls, Contains(Key(AnyOf("open", "open64", "openat"))));
  EXPECT_THAT(calls, Contains(Key("clock_gettime")));
}

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
