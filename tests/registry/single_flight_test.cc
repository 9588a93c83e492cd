#include "registry/single_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

namespace fp4jit {
namespace {

using Flights = SingleFlight<int, int>;

// Runs `count` threads for one key, the first of which is inside `make` until all others wait or
// ran.
std::vector<Result<int>> crowd(Flights& flights, int count, std::function<Result<int>()> make) {
  std::vector<Result<int>> results(static_cast<size_t>(count), Result<int>(0));
  std::latch arrived(count - 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      auto once = [&] {
        arrived.wait();
        // The others count down just before they join; give them the time to.
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return make();
      };
      if (i > 0) arrived.count_down();
      results[static_cast<size_t>(i)] = flights.run(7, nullptr, once);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return results;
}

TEST(SingleFlight, MakesAValueOnceForAll) {
  Flights flights;
  std::atomic<int> made{0};
  for (const Result<int>& result : crowd(flights, 8, [&] { return Result<int>(++made * 100); })) {
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(*result, 100);
  }
  EXPECT_EQ(made.load(), 1);
}

TEST(SingleFlight, WakesEverybodyWithAnErrorAndForgetsIt) {
  Flights flights;
  auto fail = [] { return Result<int>(StatusCode::kCompile, "no"); };
  for (const Result<int>& result : crowd(flights, 4, fail)) {
    EXPECT_EQ(result.status().code(), StatusCode::kCompile);
    EXPECT_EQ(result.status().message(), "no");
  }
  Result<int> again = flights.run(7, nullptr, [] { return Result<int>(3); });
  EXPECT_TRUE(again.ok());
}

TEST(SingleFlight, LetsOtherKeysPass) {
  Flights flights;
  Result<int> outer = flights.run(1, nullptr, [&] {
    Result<int> inner = Status(StatusCode::kInternal, "not run");
    std::thread([&] { inner = flights.run(2, nullptr, [] { return Result<int>(5); }); }).join();
    return inner;
  });
  ASSERT_TRUE(outer.ok());
  EXPECT_EQ(*outer, 5);
}

TEST(SingleFlight, EndsAFlightThatAnExceptionLeft) {
  Flights flights;
  EXPECT_THROW(flights.run(7, nullptr, []() -> Result<int> { throw std::runtime_error("out"); }),
               std::runtime_error);
  EXPECT_TRUE(flights.run(7, nullptr, [] { return Result<int>(1); }).ok());
}

}  // namespace
}  // namespace fp4jit
