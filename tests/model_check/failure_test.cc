// What the explorer must not let pass: races, a program's own checks, and what it cannot search.
#include <gtest/gtest.h>

#include "tests/model_check/explorer.h"
#include "tests/model_check/memory.h"

namespace fp4jit::model_check {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kAcquire = std::memory_order_acquire;
constexpr auto kRelease = std::memory_order_release;

std::optional<FailureKind> failure_of(const Program& program, Search search) {
  Explored found = explore(program, search);
  EXPECT_NE(found.is_complete, found.failure.has_value());
  if (!found.failure) return std::nullopt;
  return found.failure->kind;
}

class Failures : public testing::TestWithParam<Search> {};

INSTANTIATE_TEST_SUITE_P(, Failures, testing::Values(Search::kReduced, Search::kEvery));

Program guarded(std::memory_order store, std::memory_order load) {
  return [=](Execution& run) {
    Plain<int> data(0);
    Atomic<int> flag(0);
    int seen = 1;
    run.run({[&] {
               data = 1;
               flag.store(1, store);
             },
             [&] {
               if (flag.load(load) == 1) seen = data;
             }});
    run.check(seen == 1, "an old value");
    return Outcome{};
  };
}

TEST_P(Failures, PlainVariablesNeedReleaseAndAcquire) {
  EXPECT_EQ(failure_of(guarded(kRelease, kAcquire), GetParam()), std::nullopt);
  EXPECT_EQ(failure_of(guarded(kRelaxed, kAcquire), GetParam()), FailureKind::kRace);
  EXPECT_EQ(failure_of(guarded(kRelease, kRelaxed), GetParam()), FailureKind::kRace);
}

TEST_P(Failures, TwoWritesRaceAndAReadWithALaterWrite) {
  auto writes = [](Execution& run) {
    Plain<int> data(0);
    run.run({[&] { data = 1; }, [&] { data = 2; }});
    return Outcome{};
  };
  EXPECT_EQ(failure_of(writes, GetParam()), FailureKind::kRace);
  auto read_first = [](Execution& run) {
    Plain<int> data(0);
    int seen = 0;
    run.run({[&] { seen = data; }, [&] { data = 1; }});
    return Outcome{seen};
  };
  EXPECT_EQ(failure_of(read_first, GetParam()), FailureKind::kRace);
}

TEST_P(Failures, AnAtomicIsThereOnlyAfterItsConstruction) {
  auto program = [](std::memory_order store) {
    return [=](Execution& run) {
      std::unique_ptr<Atomic<int>> made;
      Atomic<Atomic<int>*> pointer(nullptr);
      run.run({[&] {
                 made = std::make_unique<Atomic<int>>(7);
                 pointer.store(made.get(), store);
               },
               [&] {
                 Atomic<int>* found = pointer.load(kAcquire);
                 if (found != nullptr) run.check(found->load(kRelaxed) == 7, "not 7");
               }});
      return Outcome{};
    };
  };
  EXPECT_EQ(failure_of(program(kRelease), GetParam()), std::nullopt);
  EXPECT_EQ(failure_of(program(kRelaxed), GetParam()), FailureKind::kRace);
}

// 23 needs x to be read at the right moment, and y too.
TEST_P(Failures, TheRareExecutionIsFound) {
  auto program = [](Execution& run) {
    Atomic<int> x(0), y(0);
    run.run({[&] {
               for (int i = 1; i <= 3; ++i) x.store(i, kRelaxed);
             },
             [&] {
               for (int i = 1; i <= 3; ++i) y.store(10 * x.load(kRelaxed) + i, kRelaxed);
             },
             [&] { run.check(y.load(kRelaxed) != 23, "23"); }});
    return Outcome{};
  };
  EXPECT_EQ(failure_of(program, GetParam()), FailureKind::kWrong);
}

TEST_P(Failures, WhatCannotBeSearchedIsRefused) {
  auto two_writers = [](Execution& run) {
    Atomic<int> x(0);
    run.run({[&] { x.store(1, kRelease); }, [&] { x.store(2, kRelease); }});
    return Outcome{};
  };
  EXPECT_EQ(failure_of(two_writers, GetParam()), FailureKind::kUnsupported);
  auto total_order = [](Execution& run) {
    Atomic<int> x(0);
    x.store(1, std::memory_order_seq_cst);
    run.run({});
    return Outcome{};
  };
  EXPECT_EQ(failure_of(total_order, GetParam()), FailureKind::kUnsupported);
  int runs = 0;
  auto differs = [&](Execution& run) {
    Atomic<int> x(0);
    int loads = ++runs % 2 == 1 ? 2 : 0;
    run.run({[&] { x.store(1, kRelease); },
             [&] {
               for (int i = 0; i < loads; ++i) x.load(kAcquire);
             }});
    return Outcome{};
  };
  EXPECT_EQ(failure_of(differs, GetParam()), FailureKind::kUnsupported);
}

TEST_P(Failures, ASearchThatIsCutShortIsNotComplete) {
  Explored found = explore(guarded(kRelease, kAcquire), GetParam(), 1);
  EXPECT_FALSE(found.is_complete);
  EXPECT_FALSE(found.failure);
}

}  // namespace
}  // namespace fp4jit::model_check
