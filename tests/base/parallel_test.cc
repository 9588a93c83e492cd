#include "base/parallel.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <vector>

namespace fp4jit {
namespace {

void expect_each_once(size_t count, int threads) {
  std::vector<std::atomic<int>> calls(count);
  parallel_for(count, threads, [&](size_t i) { calls[i].fetch_add(1); });
  for (size_t i = 0; i < count; ++i) EXPECT_EQ(calls[i], 1) << "index " << i << " of " << count;
}

TEST(Parallel, CallsEachIndexOnce) {
  for (int threads : {0, 1, 2, 7, 64}) {
    for (size_t count : {size_t{0}, size_t{1}, size_t{5}, size_t{1000}}) {
      expect_each_once(count, threads);
    }
  }
}

// In a child, since no limit on processes holds for root and none is ever lifted.
TEST(ParallelDeathTest, DoesAllWhereNoThreadCanBeStarted) {
  constexpr uid_t kNobody = 65534;
  auto without_threads = [] {
    rlimit one = {1, 1};
    if (setrlimit(RLIMIT_NPROC, &one) != 0 || (geteuid() == 0 && setuid(kNobody) != 0)) _exit(2);
    expect_each_once(1000, 64);
    _exit(testing::Test::HasFailure() ? 1 : 0);
  };
  EXPECT_EXIT(without_threads(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace fp4jit
