#include "base/log.h"

#include <gtest/gtest.h>

#include <vector>

namespace fp4jit {
namespace {

TEST(Log, PassesWhatIsSevereEnough) {
  std::vector<std::string> lines;
  Log log{[&](LogLevel level, const std::string& text) {
            lines.push_back(std::string(enum_name(level)) + " " + text);
          },
          LogLevel::kWarn};
  log.write(LogLevel::kError, "a");
  log.write(LogLevel::kWarn, "b");
  log.write(LogLevel::kInfo, "c");
  log.write(LogLevel::kDebug, "d");
  EXPECT_EQ(lines, (std::vector<std::string>{"error a", "warn b"}));
}

TEST(Log, WithoutAFunctionDropsEverything) {
  Log().write(LogLevel::kError, "nobody listens");
}

}  // namespace
}  // namespace fp4jit
