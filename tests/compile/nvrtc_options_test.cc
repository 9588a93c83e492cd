#include "compile/nvrtc_options.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fp4jit {
namespace {

bool has(const std::vector<std::string>& options, const std::string& option) {
  return std::find(options.begin(), options.end(), option) != options.end();
}

TEST(NvrtcOptions, AreTheDesignsTable) {
  auto options = nvrtc_options(*parse_target("sm_100a"), "0123", {13, 0});
  EXPECT_EQ(options, (std::vector<std::string>{
                         "-arch=sm_100a", "-std=c++17", "--minimal", "--no-source-include",
                         "--no-cache", "--modify-stack-limit=false", "--frandom-seed=0123"}));
}

TEST(NvrtcOptions, AnOlderCompilerGetsOnlyWhatItKnows) {
  EXPECT_FALSE(has(nvrtc_options(*parse_target("sm_90"), "0", {12, 8}), "--no-cache"));
  EXPECT_TRUE(has(nvrtc_options(*parse_target("sm_90"), "0", {12, 9}), "--no-cache"));
}

TEST(NvrtcOptions, APtxTargetKeepsItsName) {
  EXPECT_TRUE(
      has(nvrtc_options(*parse_target("compute_120f"), "0", {13, 0}), "-arch=compute_120f"));
}

}  // namespace
}  // namespace fp4jit
