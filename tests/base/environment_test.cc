#include "base/environment.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <set>

namespace fp4jit {
namespace {

// Restores every variable of the table.
class EnvironmentTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const EnvironmentRow& row : environment_table()) ::unsetenv(row.name);
  }
  void TearDown() override {
    for (const EnvironmentRow& row : environment_table()) {
      const std::string& value = before_.*row.field;
      value.empty() ? ::unsetenv(row.name) : ::setenv(row.name, value.c_str(), 1);
    }
  }

  const Environment before_ = read_environment();
};

TEST_F(EnvironmentTest, UnsetIsEmpty) {
  Environment environment = read_environment();
  for (const EnvironmentRow& row : environment_table())
    EXPECT_EQ(environment.*row.field, "") << row.name;
}

TEST_F(EnvironmentTest, EachVariableFillsItsOwnField) {
  ::setenv("FP4JIT_CACHE_DIR", "1", 1);
  ::setenv("FP4JIT_NVRTC", "2", 1);
  ::setenv("FP4JIT_CUDA_DRIVER", "3", 1);
  ::setenv("FP4JIT_ARTIFACT", "4", 1);
  ::setenv("FP4JIT_LOG", "5", 1);
  ::setenv("XDG_CACHE_HOME", "6", 1);
  ::setenv("HOME", "7", 1);
  ::setenv("CUDA_HOME", "8", 1);
  Environment environment = read_environment();
  EXPECT_EQ(environment.cache_dir, "1");
  EXPECT_EQ(environment.nvrtc, "2");
  EXPECT_EQ(environment.cuda_driver, "3");
  EXPECT_EQ(environment.artifact, "4");
  EXPECT_EQ(environment.log, "5");
  EXPECT_EQ(environment.xdg_cache_home, "6");
  EXPECT_EQ(environment.home, "7");
  EXPECT_EQ(environment.cuda_home, "8");
}

TEST_F(EnvironmentTest, IsReadAtTheCallAndNotAgain) {
  ::setenv("FP4JIT_CACHE_DIR", "first", 1);
  Environment environment = read_environment();
  ::setenv("FP4JIT_CACHE_DIR", "second", 1);
  EXPECT_EQ(environment.cache_dir, "first");
  EXPECT_EQ(read_environment().cache_dir, "second");
}

TEST(EnvironmentTable, DocumentsEveryField) {
  std::set<std::string> names;
  size_t bytes = 0;
  for (const EnvironmentRow& row : environment_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    for (const char* text : {row.type, row.default_value, row.meaning}) EXPECT_STRNE(text, "");
    bytes += sizeof(std::string);
  }
  EXPECT_EQ(bytes, sizeof(Environment)) << "a field of Environment has no row, or two";
}

}  // namespace
}  // namespace fp4jit
