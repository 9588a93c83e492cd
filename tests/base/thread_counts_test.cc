// Counts on lines of their own: exact over threads that come and go, and over many ThreadCounts.
#include "base/thread_counts.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace fp4jit {
namespace {

void add_many(ThreadCounts& counts, uint64_t times) {
  for (uint64_t i = 0; i < times; ++i) counts.add(Count::kHit);
}

void run_threads(size_t threads, const std::function<void()>& body) {
  std::vector<std::thread> pool;
  for (size_t i = 0; i < threads; ++i) pool.emplace_back(body);
  for (std::thread& thread : pool) thread.join();
}

TEST(ThreadCounts, AreExactOverThreadsAtOnce) {
  ThreadCounts counts;
  run_threads(16, [&] { add_many(counts, 10000); });
  EXPECT_EQ(counts.total(Count::kHit), 160000u);
  EXPECT_EQ(counts.total(Count::kLaunch), 0u);
}

TEST(ThreadCounts, KeepWhatEndedThreadsCounted) {
  ThreadCounts counts;
  // More threads than there are lines, one after another: each line has many owners.
  for (size_t i = 0; i < 3 * ThreadCounts::kLines; ++i)
    run_threads(1, [&] { add_many(counts, 2); });
  EXPECT_EQ(counts.total(Count::kHit), 6 * ThreadCounts::kLines);
}

TEST(ThreadCounts, AreExactForMoreThreadsThanLines) {
  ThreadCounts counts;
  constexpr size_t kThreads = ThreadCounts::kLines + 40;
  std::atomic<size_t> arrived{0};
  run_threads(kThreads, [&] {
    counts.add(Count::kLaunch);
    arrived.fetch_add(1);
    while (arrived.load() < kThreads) std::this_thread::yield();
    add_many(counts, 1000000);
  });
  EXPECT_EQ(counts.total(Count::kLaunch), kThreads);
  EXPECT_EQ(counts.total(Count::kHit), 1000000 * kThreads);
}

TEST(ThreadCounts, OfOneThreadInTurnDoNotMix) {
  ThreadCounts first, second;
  for (int i = 0; i < 100; ++i) {
    first.add(Count::kHit);
    second.add(Count::kLaunch);
  }
  EXPECT_EQ(first.total(Count::kHit), 100u);
  EXPECT_EQ(first.total(Count::kLaunch), 0u);
  EXPECT_EQ(second.total(Count::kHit), 0u);
  EXPECT_EQ(second.total(Count::kLaunch), 100u);
}

// One thread outlives thousands of them, and each begins at nothing.
TEST(ThreadCounts, OfAnEndedOwnerAreNeverSeenAgain) {
  for (int i = 0; i < 5000; ++i) {
    ThreadCounts counts;
    EXPECT_EQ(counts.total(Count::kHit), 0u);
    counts.add(Count::kHit);
    ASSERT_EQ(counts.total(Count::kHit), 1u);
  }
}

// The thread's end gives back a line whose ThreadCounts is gone already.
TEST(ThreadCounts, MayEndBeforeTheirThreads) {
  auto counts = std::make_unique<ThreadCounts>();
  std::atomic<int> step{0};
  std::thread thread([&] {
    counts->add(Count::kHit);
    step = 1;
    while (step.load() < 2) std::this_thread::yield();
  });
  while (step.load() < 1) std::this_thread::yield();
  EXPECT_EQ(counts->total(Count::kHit), 1u);
  counts.reset();
  step = 2;
  thread.join();
}

}  // namespace
}  // namespace fp4jit
