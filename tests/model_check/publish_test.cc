// Publish and look-up, as they stand: every execution gives a reader nothing or the whole record,
// and never takes back what it gave.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/model_check/protocol.h"

namespace fp4jit::model_check {
namespace {

Explored expect_right(const char* name, const Program& program, Search search = Search::kReduced) {
  Explored found = explore(program, search);
  EXPECT_TRUE(found.is_complete);
  EXPECT_FALSE(found.failure) << found.failure->what;
  std::cout << name << ": " << found.executions << " executions, " << found.redundant
            << " redundant ones begun, " << found.outcomes.size() << " outcomes\n";
  return found;
}

constexpr int kAbsent = 9;

TEST(Publish, OneKey) {
  Program program = publish_and(LookUp::kFind, {.published = 1}, {{0, 0, kAbsent}});
  Explored found = expect_right("one key", program);
  EXPECT_EQ(found.outcomes, (std::set<Outcome>{{0, 0, 0}, {0, 1, 0}, {1, 1, 0}}));
}

class PublishWith : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(, PublishWith, testing::Bool(), [](const auto& info) {
  return info.param ? "Collisions" : "SlotsOfTheirOwn";
});

TEST_P(PublishWith, OneGrowthInEveryOrder) {
  Keys keys{.present = 1, .published = 1, .collide = GetParam()};
  Program program = publish_and(LookUp::kFind, keys, {{1, 0}});
  Explored every = expect_right("1 growth, every order", program, Search::kEvery);
  Explored reduced = expect_right("1 growth, reduced", program);
  EXPECT_EQ(every.outcomes, reduced.outcomes);
}

// 2 slots hold one key, 4 hold two, 8 hold four.
TEST_P(PublishWith, TwoGrowthsAndOneReader) {
  Keys keys{.present = 1, .published = 2, .collide = GetParam()};
  Explored found = expect_right("2 growths, 1 reader",
                                publish_and(LookUp::kFind, keys, {{2, 0, 1, kAbsent, 2}}));
  EXPECT_TRUE(found.outcomes.contains({0, 1, 0, 0, 1}));
  EXPECT_EQ(found.outcomes.size(), 5u);
}

TEST_P(PublishWith, OneGrowthAndTwoReaders) {
  Keys keys{.present = 1, .published = 1, .collide = GetParam()};
  Explored found = expect_right("1 growth, 2 readers",
                                publish_and(LookUp::kFind, keys, {{0, 1, kAbsent}, {1, 0, 1}}));
  EXPECT_EQ(found.outcomes.size(), 2u * 3u);
}

TEST_P(PublishWith, TwoGrowthsAndTwoReaders) {
  Keys keys{.present = 1, .published = 2, .collide = GetParam()};
  Explored found = expect_right(
      "2 growths, 2 readers", publish_and(LookUp::kFind, keys, {{2, 1, kAbsent, 2}, {1, 2, 0, 1}}));
  EXPECT_GT(found.outcomes.size(), 12u);
}

TEST(Publish, GuessedHandles) {
  Program program = publish_and(LookUp::kGuess, {.published = 3}, {{2, 0, 2, kAbsent}, {1, 2}});
  expect_right("guessed handles", program);
}

// find's handle, told to a thread that never looked the key up.
TEST(Publish, AHandleInAMessage) {
  auto program = [](Execution& run) {
    Tables<Table, Array> tables({.published = 2});
    Atomic<int> message(-1);
    int told = -1;
    run.run({[&] { tables.publish_rest(); },
             [&] {
               for (int n : {1, 0}) {
                 if (tables.find(run, n)) return message.store(n, std::memory_order_release);
               }
             },
             [&] {
               told = message.load(std::memory_order_acquire);
               if (told >= 0) run.check(tables.guess(run, told), "a handle that does not resolve");
             }});
    return Outcome{told};
  };
  Explored found = expect_right("a handle in a message", program);
  EXPECT_EQ(found.outcomes, (std::set<Outcome>{{-1}, {0}, {1}}));
}

}  // namespace
}  // namespace fp4jit::model_check
