#include "base/exception_status.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

namespace fp4jit {
namespace {

TEST(ExceptionStatus, IsWhatTheBodyGivesWhereNothingIsThrown) {
  EXPECT_TRUE(without_exceptions([] { return Status(); }).ok());
  EXPECT_EQ(*without_exceptions([] { return Result<int>(7); }), 7);
}

TEST(ExceptionStatus, SaysWhatWasThrown) {
  auto thrown = [](auto value) { return without_exceptions([&]() -> Status { throw value; }); };
  EXPECT_EQ(thrown(std::bad_alloc()).code(), StatusCode::kOutOfMemory);
  EXPECT_EQ(thrown(std::bad_alloc()).message(), "out of memory");
  EXPECT_EQ(thrown(std::runtime_error("why")).code(), StatusCode::kInternal);
  EXPECT_EQ(thrown(std::runtime_error("why")).message(), "why");
  EXPECT_EQ(thrown(5).code(), StatusCode::kInternal);
  EXPECT_NE(thrown(5).message(), "");
}

}  // namespace
}  // namespace fp4jit
