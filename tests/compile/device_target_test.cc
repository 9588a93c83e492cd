#include "compile/device_target.h"

#include <gtest/gtest.h>

#include <tuple>

namespace fp4jit {
namespace {

// The table of the design, word by word.
TEST(DeviceTarget, IsTheDesignsTable) {
  const std::tuple<int, int, const char*> kRows[] = {
      {8, 0, "sm_80"},    {8, 6, "sm_86"},    {8, 7, "sm_87"},    {8, 9, "sm_89"},
      {9, 0, "sm_90"},    {10, 0, "sm_100a"}, {10, 3, "sm_103a"}, {11, 0, "sm_110a"},
      {12, 0, "sm_120a"}, {12, 1, "sm_121a"},
  };
  for (const auto& [major, minor, target] : kRows) {
    bool is_known = false;
    Result<Target> found = target_for_device(major, minor, &is_known);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(target_text(*found), target);
    EXPECT_TRUE(is_known);
    EXPECT_TRUE(validate_target(*found).ok());
  }
}

TEST(DeviceTarget, ALaterDeviceGetsTheIntegerPathAsPtx) {
  for (auto [major, minor] : {std::pair(13, 0), {9, 1}, {10, 7}}) {
    bool is_known = true;
    Result<Target> found = target_for_device(major, minor, &is_known);
    ASSERT_TRUE(found.ok()) << found.status().message();
    EXPECT_EQ(target_text(*found), "compute_90");
    EXPECT_FALSE(is_known);
  }
}

TEST(DeviceTarget, AnEarlierDeviceIsRefusedByName) {
  for (auto [major, minor] : {std::pair(7, 5), {8, 8}}) {
    Status status = target_for_device(major, minor).status();
    EXPECT_EQ(status.code(), StatusCode::kUnsupported);
    std::string device = std::to_string(major) + "." + std::to_string(minor);
    EXPECT_NE(status.message().find("capability " + device + " is not"), std::string::npos);
    EXPECT_NE(status.message().find("are 8.0, 8.6, 8.7, 8.9, and all from 9.0 on"),
              std::string::npos)
        << status.message();
  }
}

TEST(FamilyTarget, ServesTheWholeFamily) {
  auto family = [](const char* text) {
    std::optional<Target> found = family_target(*parse_target(text));
    return found ? target_text(*found) : "";
  };
  EXPECT_EQ(family("sm_100a"), "sm_100f");
  EXPECT_EQ(family("sm_103a"), "sm_100f");
  EXPECT_EQ(family("sm_120a"), "sm_120f");
  EXPECT_EQ(family("sm_121a"), "sm_120f");
  EXPECT_EQ(family("sm_110a"), "");
  EXPECT_EQ(family("sm_90a"), "");
  EXPECT_EQ(family("sm_100f"), "");
}

}  // namespace
}  // namespace fp4jit
