#include "cache/store_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace fp4jit::cache {
namespace {

using testing::HasSubstr;
constexpr uint32_t kMe = 1000;

FolderState folder(uint32_t owner, uint32_t mode) {
  return {true, true, owner, mode};
}

TEST(JudgeRoot, AbsentIsReadWriteUntilSomebodyCreatesIt) {
  RootVerdict verdict = judge_root("/c", 0, {}, kMe);
  EXPECT_EQ(verdict.state, StoreState::kReadWrite);
  EXPECT_FALSE(verdict.readable);
  EXPECT_FALSE(verdict.settled);
}

TEST(JudgeRoot, OursIsReadWriteWhateverItsMode) {
  for (uint32_t mode : {0700u, 0755u, 0500u}) {
    RootVerdict verdict = judge_root("/c", 0, folder(kMe, mode), kMe);
    EXPECT_EQ(verdict.state, StoreState::kReadWrite);
    EXPECT_TRUE(verdict.readable && verdict.settled);
    EXPECT_EQ(verdict.reason, "");
  }
}

TEST(JudgeRoot, OursIsReadWriteWithAWarningWhereOthersMayWrite) {
  for (uint32_t mode : {0777u, 0775u, 0702u, 01777u}) {
    RootVerdict verdict = judge_root("/c", 0, folder(kMe, mode), kMe);
    EXPECT_EQ(verdict.state, StoreState::kReadWrite);
    EXPECT_TRUE(verdict.readable && verdict.settled);
    EXPECT_THAT(verdict.reason, HasSubstr("lets others"));
    EXPECT_THAT(verdict.reason, HasSubstr("run chmod go-w /c"));
  }
}

TEST(JudgeRoot, RootsOwnIsReadOnly) {
  for (uint32_t mode : {0755u, 0700u, 0555u}) {
    RootVerdict verdict = judge_root("/c", 0, folder(0, mode), kMe);
    EXPECT_EQ(verdict.state, StoreState::kReadOnly);
    EXPECT_TRUE(verdict.readable && verdict.settled);
    EXPECT_THAT(verdict.reason, HasSubstr("belongs to root"));
  }
}

void expect_untrusted(const RootVerdict& verdict, const char* why) {
  EXPECT_EQ(verdict.state, StoreState::kMemoryOnly);
  EXPECT_FALSE(verdict.readable);
  EXPECT_TRUE(verdict.settled);
  EXPECT_THAT(verdict.reason, HasSubstr(why));
  EXPECT_THAT(verdict.reason, HasSubstr("/c"));
}

TEST(JudgeRoot, AnybodyElsesIsNotTrusted) {
  expect_untrusted(judge_root("/c", 0, folder(0, 0775), kMe), "0775");
  expect_untrusted(judge_root("/c", 0, folder(0, 0757), kMe), "0757");
  expect_untrusted(judge_root("/c", 0, folder(0, 01777), kMe), "1777");
  expect_untrusted(judge_root("/c", 0, folder(1001, 0755), kMe), "uid 1001");
  expect_untrusted(judge_root("/c", 0, folder(1001, 0700), 0), "uid 1001");
}

TEST(JudgeRoot, AFileOrAnErrorIsNoPlace) {
  expect_untrusted(judge_root("/c", 0, {true, false, kMe, 0644}, kMe), "is a file");
  expect_untrusted(judge_root("/c", EACCES, {}, kMe), "Permission denied");
}

TEST(JudgeWrite, SpaceRightsAndWhatPasses) {
  for (int status : {ENOSPC, EDQUOT, EIO, ENOTDIR, ENAMETOOLONG}) {
    EXPECT_EQ(judge_write(status), WriteFailure::kNoPlace) << status_text(status);
  }
  for (int status : {EROFS, EACCES, EPERM}) {
    EXPECT_EQ(judge_write(status), WriteFailure::kNoRights) << status_text(status);
  }
  for (int status : {EMFILE, ENFILE, ENOENT, ENOMEM, EINTR, ESTALE, EEXIST}) {
    EXPECT_EQ(judge_write(status), WriteFailure::kPassing) << status_text(status);
  }
}

}  // namespace
}  // namespace fp4jit::cache
