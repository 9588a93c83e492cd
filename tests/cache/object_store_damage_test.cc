// Files that are not what their names promise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cache/object_store.h"
#include "tests/cache/scratch.h"

namespace fp4jit::cache {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::SizeIs;

class DamageTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(store_.put(record_)); }

  std::optional<Record> find() { return store_.find(record_.key, record_.key_text, any_toolchain); }
  std::string quarantined(const std::string& reason) {
    return folder_.path("quarantine/" + record_.key.hex() + "-13.0.rec." + reason);
  }

  // `bad` stands where the record was: it is never returned, it is moved away, and the place is
  // free again.
  void expect_rebuilt(const std::string& bad) {
    write_bytes(path_, bad);
    ASSERT_EQ(find(), std::nullopt);
    ASSERT_FALSE(std::filesystem::exists(path_));
    ASSERT_EQ(count_files(folder_.path("quarantine")), 1u);
    std::filesystem::remove_all(folder_.path("quarantine"));
    ASSERT_TRUE(store_.put(record_));
    ASSERT_EQ(find(), record_);
  }

  ScratchFolder folder_;
  KeptLog log_;
  ObjectStore store_{folder_.path(), "", real_file_system(), log_.log()};
  Record record_ = sample_record();
  std::string good_ = encode_record(record_);
  std::string path_ = store_.object_path(record_.key, record_.toolchain);
};

TEST_F(DamageTest, EveryFlippedByteIsQuarantinedAndRebuilt) {
  for (size_t i = 0; i < good_.size(); ++i) {
    std::string bad = good_;
    bad[i] = static_cast<char>(bad[i] ^ 0x40);
    expect_rebuilt(bad);
    if (HasFatalFailure()) FAIL() << "byte " << i;
  }
  EXPECT_EQ(store_.counters().quarantined, good_.size());
}

TEST_F(DamageTest, EveryCutTailIsQuarantinedAndRebuilt) {
  for (size_t length = 0; length < good_.size(); ++length) {
    expect_rebuilt(good_.substr(0, length));
    if (HasFatalFailure()) FAIL() << "cut to " << length;
  }
  EXPECT_EQ(store_.counters().quarantined, good_.size());
}

TEST_F(DamageTest, QuarantineKeepsTheBytesUnderNameAndReason) {
  std::string bad = good_ + "x", cut = good_.substr(0, 10);
  write_bytes(path_, bad);
  EXPECT_EQ(find(), std::nullopt);
  EXPECT_EQ(read_bytes(quarantined("checksum")), bad);
  write_bytes(path_, cut);
  EXPECT_EQ(find(), std::nullopt);
  EXPECT_EQ(read_bytes(quarantined("truncated")), cut);
  EXPECT_THAT(log_.lines(), SizeIs(2));
  EXPECT_THAT(log_.lines()[0],
              AllOf(HasSubstr(path_), HasSubstr("checksum"), HasSubstr("quarantine")));
}

TEST_F(DamageTest, QuarantineNeverReplacesWhatItHolds) {
  for (const char* tail : {"1", "2", "3"}) {
    write_bytes(path_, good_ + tail);
    EXPECT_EQ(find(), std::nullopt);
  }
  EXPECT_EQ(read_bytes(quarantined("checksum")), good_ + "1");
  EXPECT_EQ(read_bytes(quarantined("checksum.1")), good_ + "2");
  EXPECT_EQ(read_bytes(quarantined("checksum.2")), good_ + "3");
}

TEST_F(DamageTest, PutReplacesADamagedRecordThatNobodyLookedFor) {
  write_bytes(path_, good_.substr(0, 30));
  EXPECT_TRUE(store_.put(record_));
  EXPECT_EQ(find(), record_);
  EXPECT_EQ(store_.counters().quarantined, 1u);
}

TEST_F(DamageTest, ARecordUnderAnotherKeysNameIsQuarantined) {
  Digest other = record_.key;
  other.low ^= 1;
  std::string copy = store_.object_path(other, record_.toolchain);
  write_bytes(copy, good_);
  EXPECT_EQ(store_.find(other, record_.key_text, any_toolchain), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(copy));
  EXPECT_EQ(read_bytes(folder_.path("quarantine/" + other.hex() + "-13.0.rec.name")), good_);
  EXPECT_EQ(find(), record_);
}

TEST_F(DamageTest, ARecordUnderAnotherToolchainsNameIsQuarantined) {
  std::string copy = store_.object_path(record_.key, {14, 0});
  write_bytes(copy, good_);
  EXPECT_EQ(find(), record_);  // the good one below it
  EXPECT_FALSE(std::filesystem::exists(copy));
  EXPECT_EQ(store_.counters().quarantined, 1u);
}

TEST_F(DamageTest, AnotherVersionIsAMissAndLeftAlone) {
  std::string theirs = of_version_2(record_);
  write_bytes(path_, theirs);
  EXPECT_EQ(find(), std::nullopt);
  EXPECT_FALSE(store_.put(record_));
  EXPECT_EQ(read_bytes(path_), theirs);
  EXPECT_EQ(store_.counters().quarantined, 0u);
  EXPECT_EQ(store_.state(), StoreState::kReadWrite);
}

TEST_F(DamageTest, AnOlderToolchainServesWhereTheNewerRecordIsUnusable) {
  Record newer = record_;
  newer.toolchain = {13, 1};
  write_bytes(store_.object_path(newer.key, newer.toolchain), of_version_2(newer));
  EXPECT_EQ(find(), record_);
}

TEST_F(DamageTest, AnotherKeyTextIsAMissAndLeftAlone) {
  EXPECT_EQ(store_.find(record_.key, record_.key_text + "x=1\n", any_toolchain), std::nullopt);
  Record collision = record_;
  collision.key_text += "x=1\n";
  EXPECT_FALSE(store_.put(collision));
  EXPECT_EQ(find(), record_);
  EXPECT_EQ(store_.counters().quarantined, 0u);
}

TEST_F(DamageTest, WhatIsNoFileIsAMiss) {
  std::filesystem::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0644), 0);
  EXPECT_EQ(find(), std::nullopt);
  EXPECT_FALSE(store_.put(record_));
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(find(), std::nullopt);
  EXPECT_FALSE(store_.put(record_));
  EXPECT_TRUE(std::filesystem::is_directory(path_));
}

TEST_F(DamageTest, AFileBeyondAnyKernelsSizeIsNotReadIntoMemory) {
  std::filesystem::resize_file(path_, uintmax_t{1} << 40);  // a hole: takes no space
  EXPECT_EQ(find(), std::nullopt);
  EXPECT_TRUE(std::filesystem::exists(quarantined("size")));
  EXPECT_TRUE(store_.put(record_));
}

TEST_F(DamageTest, WalkReportsDamageAndMovesNothing) {
  Digest other = record_.key;
  other.low ^= 1;
  write_bytes(store_.object_path(other, record_.toolchain), good_);
  write_bytes(store_.object_path(record_.key, {13, 1}), good_.substr(0, 200));
  write_bytes(store_.object_path(record_.key, {13, 2}), of_version_2(record_));
  write_bytes(folder_.path("objects/zz/nonsense.rec"), good_);
  std::map<std::string, std::string> reasons;
  for (const StoredObject& object : store_.walk()) {
    reasons[object.path] = object.reason;
    EXPECT_EQ(object.is_foreign(), object.reason == "version 2") << object.path;
  }
  std::map<std::string, std::string> expected = {
      {path_, ""},
      {store_.object_path(other, record_.toolchain), "name"},
      {store_.object_path(record_.key, {13, 1}), "checksum"},
      {store_.object_path(record_.key, {13, 2}), "version 2"},
      {folder_.path("objects/zz/nonsense.rec"), "name"}};
  EXPECT_EQ(reasons, expected);
  EXPECT_EQ(count_files(folder_.path("objects")), 5u);
  EXPECT_EQ(store_.counters().quarantined, 0u);
}

}  // namespace
}  // namespace fp4jit::cache
