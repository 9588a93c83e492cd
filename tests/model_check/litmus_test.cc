// The explorer itself, by the programs that tell memory models apart. Each is searched in full and
// reduced, with the same outcomes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model_check/explorer.h"
#include "tests/model_check/memory.h"

namespace fp4jit::model_check {
namespace {

using testing::Contains;
using testing::Not;
using Outcomes = std::set<Outcome>;
constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kAcquire = std::memory_order_acquire;
constexpr auto kRelease = std::memory_order_release;

Outcomes outcomes_of(const Program& program) {
  Explored reduced = explore(program);
  Explored every = explore(program, Search::kEvery);
  EXPECT_TRUE(reduced.is_complete && every.is_complete);
  EXPECT_FALSE(reduced.failure) << reduced.failure->what;
  EXPECT_FALSE(every.failure) << every.failure->what;
  EXPECT_EQ(reduced.outcomes, every.outcomes);
  EXPECT_LE(reduced.executions, every.executions);
  return every.outcomes;
}

Program message_passing(std::memory_order store, std::memory_order load) {
  return [=](Execution& run) {
    Atomic<int> data(0), flag(0);
    int saw_flag = 0, saw_data = 0;
    run.run({[&] {
               data.store(1, kRelaxed);
               flag.store(1, store);
             },
             [&] {
               saw_flag = flag.load(load);
               saw_data = data.load(kRelaxed);
             }});
    return Outcome{saw_flag, saw_data};
  };
}

TEST(Litmus, AMessagePassesFromReleaseToAcquireAlone) {
  EXPECT_EQ(outcomes_of(message_passing(kRelease, kAcquire)), (Outcomes{{0, 0}, {0, 1}, {1, 1}}));
  for (auto [store, load] :
       {std::pair(kRelaxed, kAcquire), {kRelease, kRelaxed}, {kRelaxed, kRelaxed}}) {
    EXPECT_THAT(outcomes_of(message_passing(store, load)), Contains(Outcome{1, 0}));
  }
}

// What sequential consistency forbids.
TEST(Litmus, StoresAreBuffered) {
  auto program = [](Execution& run) {
    Atomic<int> x(0), y(0);
    int saw_y = 0, saw_x = 0;
    run.run({[&] {
               x.store(1, kRelease);
               saw_y = y.load(kAcquire);
             },
             [&] {
               y.store(1, kRelease);
               saw_x = x.load(kAcquire);
             }});
    return Outcome{saw_y, saw_x};
  };
  EXPECT_EQ(outcomes_of(program), (Outcomes{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
}

// Nor does sequential consistency have this: two readers who see two stores in different orders.
TEST(Litmus, IndependentReadsOfIndependentWrites) {
  auto program = [](Execution& run) {
    Atomic<int> x(0), y(0);
    Outcome saw(4);
    run.run({[&] { x.store(1, kRelease); }, [&] { y.store(1, kRelease); },
             [&] {
               saw[0] = x.load(kAcquire);
               saw[1] = y.load(kAcquire);
             },
             [&] {
               saw[2] = y.load(kAcquire);
               saw[3] = x.load(kAcquire);
             }});
    return saw;
  };
  Outcomes outcomes = outcomes_of(program);
  EXPECT_THAT(outcomes, Contains(Outcome{1, 0, 1, 0}));
  EXPECT_EQ(outcomes.size(), 16u);
}

TEST(Litmus, OneAtomicNeverGoesBack) {
  auto program = [](Execution& run) {
    Atomic<int> x(0);
    int first = 0, second = 0;
    run.run({[&] {
               x.store(1, kRelaxed);
               x.store(2, kRelaxed);
             },
             [&] {
               first = x.load(kRelaxed);
               second = x.load(kRelaxed);
             }});
    return Outcome{first, second};
  };
  EXPECT_EQ(outcomes_of(program), (Outcomes{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 2}}));
}

// What another thread has read is known after synchronising with it.
TEST(Litmus, CoherenceFollowsHappensBefore) {
  auto program = [](Execution& run) {
    Atomic<int> x(0), y(0);
    Outcome saw(3);
    run.run({[&] { x.store(1, kRelaxed); },
             [&] {
               saw[0] = x.load(kRelaxed);
               y.store(1, kRelease);
             },
             [&] {
               saw[1] = y.load(kAcquire);
               saw[2] = x.load(kRelaxed);
             }});
    return saw;
  };
  Outcomes outcomes = outcomes_of(program);
  EXPECT_THAT(outcomes, Not(Contains(Outcome{1, 1, 0})));
  EXPECT_EQ(outcomes.size(), 7u);
}

// A relaxed store after a release store heads no release sequence since C++20.
TEST(Litmus, ALaterRelaxedStoreReleasesNothing) {
  auto program = [](Execution& run) {
    Atomic<int> data(0), flag(0);
    Outcome saw(2);
    run.run({[&] {
               data.store(1, kRelaxed);
               flag.store(1, kRelease);
               flag.store(2, kRelaxed);
             },
             [&] {
               saw[0] = flag.load(kAcquire);
               saw[1] = data.load(kRelaxed);
             }});
    return saw;
  };
  EXPECT_EQ(outcomes_of(program), (Outcomes{{0, 0}, {0, 1}, {1, 1}, {2, 0}, {2, 1}}));
}

}  // namespace
}  // namespace fp4jit::model_check
