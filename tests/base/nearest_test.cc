#include "base/nearest.h"

#include <gtest/gtest.h>

namespace fp4jit {
namespace {

const std::vector<std::string_view> kFields = {"k", "k_out", "in", "layout", "scale", "numerics"};

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("numeric", kFields), "numerics");
  EXPECT_EQ(nearest("layuot", kFields), "layout");
  EXPECT_EQ(nearest("kout", kFields), "k_out");
  EXPECT_EQ(nearest("scales", kFields), "scale");
  EXPECT_EQ(nearest("scale", kFields), "scale");
}

TEST(Nearest, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest("temperature", kFields), "");
  EXPECT_EQ(nearest("", kFields), "");
  EXPECT_EQ(nearest("layout", {}), "");
}

TEST(Nearest, HalfOfTheWordMayDiffer) {
  EXPECT_EQ(nearest("abxx", {"abcd"}), "abcd");
  EXPECT_EQ(nearest("axxx", {"abcd"}), "");
}

TEST(Nearest, TheFirstOfEquallyNearOnesWins) {
  EXPECT_EQ(nearest("sm_90", {"sm_80", "sm_99"}), "sm_80");
}

TEST(Nearest, OverlongWordsAreNoTypingErrors) {
  std::string overlong(65, 'k');
  EXPECT_EQ(nearest(overlong, {overlong}), "");
  EXPECT_EQ(nearest(std::string(64, 'k'), {overlong}), overlong);
}

TEST(DidYouMean, IsATailForAMessage) {
  EXPECT_EQ(did_you_mean("layuot", kFields), "; did you mean 'layout'?");
  EXPECT_EQ(did_you_mean("temperature", kFields), "");
}

}  // namespace
}  // namespace fp4jit
