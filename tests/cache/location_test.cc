#include "cache/location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace fp4jit::cache {
namespace {

using testing::HasSubstr;

Environment full_environment() {
  Environment environment;
  environment.cache_dir = "/from/env";
  environment.xdg_cache_home = "/from/xdg";
  environment.home = "/home/me";
  return environment;
}

TEST(Location, TheFirstThatIsSetWins) {
  Environment environment = full_environment();
  EXPECT_EQ(store_location("/from/config", environment).root, "/from/config");
  EXPECT_EQ(store_location("", environment).root, "/from/env");
  environment.cache_dir = "";
  EXPECT_EQ(store_location("", environment).root, "/from/xdg/fp4jit");
  environment.xdg_cache_home = "";
  EXPECT_EQ(store_location("", environment).root, "/home/me/.cache/fp4jit");
}

TEST(Location, RelativeXdgAndHomeDoNotCount) {
  Environment environment = full_environment();
  environment.cache_dir = "";
  environment.xdg_cache_home = "cache";
  EXPECT_EQ(store_location("", environment).root, "/home/me/.cache/fp4jit");
  environment.home = "me";
  EXPECT_EQ(store_location("", environment).root, "");
}

TEST(Location, WhatTheUserNamedMayBeRelative) {
  std::string here = std::filesystem::current_path().string();
  Environment environment;
  environment.cache_dir = "kernels";
  EXPECT_EQ(store_location("", environment).root, here + "/kernels");
  EXPECT_EQ(store_location("mine", environment).root, here + "/mine");
}

TEST(Location, NothingSetSaysWhatToSet) {
  Location location = store_location("", Environment());
  EXPECT_EQ(location.root, "");
  for (const char* name : {"HOME", "XDG_CACHE_HOME", "FP4JIT_CACHE_DIR"}) {
    EXPECT_THAT(location.why, HasSubstr(name));
  }
}

TEST(Location, APlaceNeedsNoReason) {
  EXPECT_EQ(store_location("", full_environment()).why, "");
}

}  // namespace
}  // namespace fp4jit::cache
