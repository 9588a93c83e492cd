#include "compile/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace fp4jit {
namespace {

TEST(Parallel, CallsEachIndexOnce) {
  for (int threads : {0, 1, 2, 7, 64}) {
    for (size_t count : {size_t{0}, size_t{1}, size_t{5}, size_t{1000}}) {
      std::vector<std::atomic<int>> calls(count);
      parallel_for(count, threads, [&](size_t i) { calls[i].fetch_add(1); });
      for (size_t i = 0; i < count; ++i) EXPECT_EQ(calls[i], 1) << "index " << i << " of " << count;
    }
  }
}

}  // namespace
}  // namespace fp4jit
