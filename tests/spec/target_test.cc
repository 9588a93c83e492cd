#include "spec/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fp4jit {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Target, GoesThereAndBack) {
  ASSERT_GE(all_targets().size(), 13u);
  for (Target machine : all_targets()) {
    for (Target target : {machine, ptx_target(machine)}) {
      Result<Target> parsed = parse_target(target_text(target));
      ASSERT_TRUE(parsed.ok()) << parsed.status().message();
      EXPECT_EQ(*parsed, target);
    }
  }
}

TEST(Target, KnowsEveryMachineThatIsPromised) {
  for (const char* text :
       {"sm_80", "sm_86", "sm_87", "sm_89", "sm_90", "sm_90a", "sm_100a", "sm_100f", "sm_103a",
        "sm_110a", "sm_120a", "sm_120f", "sm_121a", "compute_90", "compute_100f"}) {
    Result<Target> target = parse_target(text);
    ASSERT_TRUE(target.ok()) << target.status().message();
    EXPECT_EQ(target_text(*target), text);
  }
}

TEST(Target, NamesTheSuffixedOnesForAPlainBlackwell) {
  struct Plain {
    std::string text;
    std::string use;
  };
  for (const Plain& plain : {Plain{"sm_100", "use sm_100a or sm_100f"},
                             {"compute_100", "use compute_100a or compute_100f"},
                             {"sm_103", "use sm_103a"},
                             {"sm_110", "use sm_110a"},
                             {"compute_110", "use compute_110a"},
                             {"sm_120", "use sm_120a or sm_120f"},
                             {"sm_121", "use sm_121a"}}) {
    Result<Target> target = parse_target(plain.text);
    ASSERT_FALSE(target.ok()) << plain.text;
    EXPECT_EQ(target.status().code(), StatusCode::kUnsupported);
    EXPECT_THAT(target.status().message(),
                AllOf(HasSubstr("target " + plain.text + " "), HasSubstr(plain.use)));
  }
}

TEST(Target, RefusesAnOldOrUnknownMachineWithTheList) {
  for (const char* text : {"sm_75", "sm_70", "compute_75", "sm_91", "sm_80a", "sm_90f", "sm_255"}) {
    Result<Target> target = parse_target(text);
    ASSERT_FALSE(target.ok()) << text;
    EXPECT_EQ(target.status().code(), StatusCode::kUnsupported);
    EXPECT_THAT(target.status().message(),
                AllOf(HasSubstr(text), HasSubstr("supported are sm_80, "), HasSubstr("sm_121a"),
                      Not(HasSubstr("sm_75,"))));
  }
}

TEST(Target, RefusesWhatIsNoTarget) {
  for (const char* text :
       {"", "sm_", "sm", "100a", "sm_100b", "sm_100aa", "sm_100 ", " sm_100a", "SM_100a",
        "sm_0100a", "sm_-80", "sm_999", "sm_356", "lto_90", "compute_"}) {
    Result<Target> target = parse_target(text);
    ASSERT_FALSE(target.ok()) << text;
    EXPECT_EQ(target.status().code(), StatusCode::kInvalidSpec) << text;
    EXPECT_THAT(target.status().message(),
                AllOf(HasSubstr("target '" + std::string(text) + "'"), HasSubstr("sm_XY[a|f]")));
  }
}

}  // namespace
}  // namespace fp4jit
