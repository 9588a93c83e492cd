#include "base/round.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace fp4jit {
namespace {

TEST(Round, GoesUp) {
  EXPECT_EQ(ceil_div(0, 4), 0);
  EXPECT_EQ(ceil_div(1, 4), 1);
  EXPECT_EQ(ceil_div(4, 4), 1);
  EXPECT_EQ(ceil_div(5, 4), 2);
  EXPECT_EQ(round_up(0, 128), 0);
  EXPECT_EQ(round_up(1, 128), 128);
  EXPECT_EQ(round_up(128, 128), 128);
  EXPECT_EQ(round_up(129, 128), 256);
  EXPECT_EQ(round_up(129, 1), 129);
}

TEST(Round, DividesByPowersOfTwo) {
  for (int power : {1, 2, 16, 32, 128}) {
    for (int value : {0, 1, 15, 16, 17, 127, 128, 4096, 1 << 30}) {
      EXPECT_EQ(divide_by_power(value, power), value / power);
    }
  }
}

TEST(Round, KeepsTheWidthOfItsArguments) {
  constexpr int64_t kBig = int64_t{1} << 40;
  EXPECT_EQ(round_up<int64_t>(kBig + 1, 128), kBig + 128);
}

}  // namespace
}  // namespace fp4jit
