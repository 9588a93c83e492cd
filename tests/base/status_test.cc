#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace fp4jit {
namespace {

// The C API's numbers and names, which never change.
struct Frozen {
  int number;
  const char* name;
};
constexpr Frozen kFrozen[] = {
    {0, "FP4JIT_OK"},
    {100, "FP4JIT_E_INVALID_ARGUMENT"},
    {101, "FP4JIT_E_ABI_MISMATCH"},
    {110, "FP4JIT_E_INVALID_SPEC"},
    {111, "FP4JIT_E_UNSUPPORTED"},
    {200, "FP4JIT_E_NOT_PREPARED"},
    {210, "FP4JIT_E_SEALED"},
    {211, "FP4JIT_E_NOT_PREPARED_IN_CAPTURE"},
    {300, "FP4JIT_E_NO_DRIVER"},
    {301, "FP4JIT_E_DRIVER"},
    {302, "FP4JIT_E_FORKED"},
    {400, "FP4JIT_E_NO_NVRTC"},
    {401, "FP4JIT_E_COMPILE"},
    {402, "FP4JIT_E_CANCELLED"},
    {500, "FP4JIT_E_IO"},
    {501, "FP4JIT_E_CORRUPT"},
    {600, "FP4JIT_E_OUT_OF_MEMORY"},
    {900, "FP4JIT_E_INTERNAL"},
};

TEST(Status, NumbersAndNamesAreFrozen) {
  for (const Frozen& frozen : kFrozen) {
    EXPECT_STREQ(status_name(static_cast<StatusCode>(frozen.number)), frozen.name);
  }
}

TEST(Status, NoOtherNumberHasAName) {
  std::set<int> known;
  for (const Frozen& frozen : kFrozen) known.insert(frozen.number);
  for (int number = -10; number < 1000; ++number) {
    if (known.contains(number)) continue;
    EXPECT_STREQ(status_name(static_cast<StatusCode>(number)), "FP4JIT_E_INTERNAL") << number;
  }
}

TEST(Status, DefaultIsOk) {
  EXPECT_TRUE(Status().ok());
  EXPECT_EQ(Status().message(), "");
  Status failed(StatusCode::kIo, "disk");
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(failed.code(), StatusCode::kIo);
  EXPECT_EQ(failed.message(), "disk");
}

TEST(Result, HoldsAValueOrSaysWhyNot) {
  Result<int> good = 7;
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(good.status().ok());
  EXPECT_EQ(*good, 7);
  Result<int> bad(StatusCode::kCompile, "log");
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.status().code(), StatusCode::kCompile);
  EXPECT_EQ(bad.status().message(), "log");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

Result<int> half(int value) {
  if (value % 2 != 0) return {StatusCode::kInvalidArgument, std::to_string(value) + " is odd"};
  return value / 2;
}

Result<int> quarter(int value) {
  FP4JIT_ASSIGN_OR_RETURN(int first, half(value));
  FP4JIT_ASSIGN_OR_RETURN(int second, half(first));
  return second;
}

Status check(int value, bool* reached_end) {
  FP4JIT_RETURN_IF_ERROR(half(value).status());
  *reached_end = true;
  return {};
}

TEST(Result, ErrorsReturnEarlyUnchanged) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).status().message(), "3 is odd");
  EXPECT_EQ(quarter(5).status().code(), StatusCode::kInvalidArgument);
  bool reached_end = false;
  EXPECT_EQ(check(5, &reached_end).message(), "5 is odd");
  EXPECT_FALSE(reached_end);
  EXPECT_TRUE(check(4, &reached_end).ok());
  EXPECT_TRUE(reached_end);
}

}  // namespace
}  // namespace fp4jit
