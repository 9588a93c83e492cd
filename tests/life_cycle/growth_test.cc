// What ten thousand runtimes leave behind in the process: nothing.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "stub_runtime.h"
#include "stubdriver.h"

namespace fp4jit::life_cycle {
namespace {

constexpr int kWarmUp = 1'000, kRounds = 9'000;
constexpr int64_t kMostGrowth = 2 << 20;

struct Usage {
  int64_t resident = 0;  // bytes
  int64_t files = 0, threads = 0;
};

int64_t entries_of(const char* folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

// A thread that built in the background may have nothing left to do but to end.
Usage usage_at_rest(int64_t threads) {
  for (int i = 0; i < 1'000 && entries_of("/proc/self/task") > threads; ++i) usleep(1'000);
  int64_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return {resident * sysconf(_SC_PAGESIZE), entries_of("/proc/self/fd"),
          entries_of("/proc/self/task")};
}

// Loads two artifacts on two devices, and misses a third, which is built in the background: every
// other runtime ends before that is done.
void use_a_runtime(const fp4jit_config& config, int round) {
  StubRuntime runtime(config);
  for (int32_t device : {0, 1}) {
    require(runtime.load(0, device) == FP4JIT_OK, "load of the run-time K");
    require(runtime.load(16, device) == FP4JIT_OK, "load");
  }
  require(runtime.launch_spec(16) == FP4JIT_OK, "launch_spec");
  require(runtime.launch_spec(32) == FP4JIT_OK, "launch_spec of a miss");
  if (round % 2 == 0) require(fp4jit_drain(runtime.get()) == FP4JIT_OK, "drain");
  require(runtime.counters().hits == 1, "hits");
  require(runtime.counters().compiles == 0, "compiles");
}

TEST(Growth, TenThousandRuntimesLeaveNothingBehind) {
  Folder folder;
  std::string store = folder.path("store");
  fp4jit_config config = stub_config(store);
  config.on_miss = FP4JIT_ON_MISS_GENERIC;
  uint64_t before = stubdriver_libraries();
  {
    StubRuntime filler(store);
    for (uint32_t k : {0, 16, 32}) ASSERT_EQ(filler.load(k), FP4JIT_OK) << fp4jit_last_error();
  }
  for (int i = 0; i < kWarmUp; ++i) use_a_runtime(config, i);
  Usage warm = usage_at_rest(1);
  for (int i = 0; i < kRounds; ++i) use_a_runtime(config, i);
  Usage end = usage_at_rest(1);
  std::cout << "resident: " << warm.resident << ", then " << end.resident << '\n';
  EXPECT_LT(end.resident - warm.resident, kMostGrowth);
  EXPECT_EQ(end.files, warm.files);
  EXPECT_EQ(end.threads, 1);
  EXPECT_EQ(stubdriver_libraries() - before, 3u);
}

// A thread has its counts on a line of the runtime, and there are 128 of them: a thread that ends
// gives its line back, and so does one whose runtime ends.
TEST(Growth, AThreadThatUsesManyRuntimesKeepsNothingOfThem) {
  Folder folder;
  std::string store = folder.path("store");
  std::thread([&] {
    auto use = [&] {
      StubRuntime runtime(store);
      require(runtime.load(16) == FP4JIT_OK, "load");
      require(runtime.launch_spec(16) == FP4JIT_OK, "launch_spec");
    };
    for (int i = 0; i < kWarmUp; ++i) use();
    Usage warm = usage_at_rest(2);
    for (int i = 0; i < kWarmUp; ++i) use();
    EXPECT_LT(usage_at_rest(2).resident - warm.resident, kMostGrowth);
  }).join();
}

}  // namespace
}  // namespace fp4jit::life_cycle
