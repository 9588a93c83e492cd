// A file system that fails: the call survives, nothing wrong is returned, and one line says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "cache/object_store.h"
#include "tests/cache/scratch.h"
#include "tests/fakes/faulty_file_system.h"

namespace fp4jit::cache {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Method = FaultyFileSystem::Method;

struct Bench {
  ObjectStore open() { return {folder.path("cache"), "", files, log.log()}; }

  ScratchFolder folder;
  KeptLog log;
  std::shared_ptr<FaultyFileSystem> files = std::make_shared<FaultyFileSystem>();
};

std::optional<Record> find(ObjectStore& store, const Record& record) {
  return store.find(record.key, record.key_text, any_toolchain);
}

// Everything a store does, on one record; true if no look-up gave anything but the record.
bool live_through(ObjectStore& store, const Record& record) {
  auto sound = [&] {
    auto found = find(store, record);
    return !found || *found == record;
  };
  bool good = sound();
  store.put(record);
  good &= sound();
  std::string path = store.object_path(record.key, record.toolchain);
  if (std::filesystem::exists(path)) write_bytes(path, "damage");
  good &= sound();
  store.put(record);
  good &= sound();
  for (const StoredObject& object : store.walk()) {
    good &= !object.reason.empty() || object.decoded.record == record;
  }
  return good;
}

class EveryFault : public testing::TestWithParam<int> {};

INSTANTIATE_TEST_SUITE_P(, EveryFault,
                         testing::Values(ENOSPC, EROFS, EIO, EACCES, EDQUOT, EMFILE, ENOMEM, ESTALE,
                                         ENOENT, EEXIST, EINTR, ENOTDIR));

TEST_P(EveryFault, AtEveryCallOfEveryMethodIsLivedThrough) {
  for (int method = 0; method < FaultyFileSystem::kMethods; ++method) {
    for (int nth = FaultyFileSystem::kEveryCall; nth <= 8; ++nth) {
      SCOPED_TRACE(testing::Message() << "method " << method << ", call " << nth);
      Bench bench;
      Record record = sample_record();
      bench.files->fail(static_cast<Method>(method), nth, GetParam());
      ObjectStore store = bench.open();
      EXPECT_TRUE(live_through(store, record));
      int told = 0;
      for (const std::string& line : bench.log.lines()) told += line.starts_with("the store is ");
      EXPECT_EQ(told, store.state() != StoreState::kReadWrite);
      EXPECT_EQ(store.state_reason().empty(), store.state() == StoreState::kReadWrite);

      bench.files->heal();  // and the next process finds a store that works
      ObjectStore next = bench.open();
      find(next, record);
      EXPECT_TRUE(next.put(record));
      EXPECT_EQ(find(next, record), record);
      EXPECT_EQ(count_files(bench.folder.path("cache/tmp")), 0u);
    }
  }
}

struct FailedWrite {
  FileStatus status;
  StoreState in_an_empty_place;
  StoreState over_records;
};

class FailedWrites : public testing::TestWithParam<FailedWrite> {};

constexpr StoreState kRw = StoreState::kReadWrite, kRo = StoreState::kReadOnly,
                     kMemory = StoreState::kMemoryOnly;
INSTANTIATE_TEST_SUITE_P(
    , FailedWrites,
    testing::Values(FailedWrite{ENOSPC, kMemory, kMemory}, FailedWrite{EDQUOT, kMemory, kMemory},
                    FailedWrite{EIO, kMemory, kMemory}, FailedWrite{EROFS, kMemory, kRo},
                    FailedWrite{EACCES, kMemory, kRo}, FailedWrite{EPERM, kMemory, kRo},
                    FailedWrite{EMFILE, kRw, kRw}, FailedWrite{ESTALE, kRw, kRw}));

TEST_P(FailedWrites, OfTheFirstFolderLeaveNothingToRead) {
  Bench bench;
  ObjectStore store = bench.open();
  bench.files->fail(Method::kMakeFolder, FaultyFileSystem::kEveryCall, GetParam().status);
  EXPECT_FALSE(store.put(sample_record()));
  EXPECT_EQ(store.state(), GetParam().in_an_empty_place);
  EXPECT_EQ(find(store, sample_record()), std::nullopt);
  EXPECT_EQ(store.counters().write_failures, 1u);
}

TEST_P(FailedWrites, KeepWhatWasStoredReadableAndAreToldOnce) {
  Bench bench;
  Record stored = sample_record(), more = sample_record(), still_more = sample_record();
  more.key.high ^= 1;
  still_more.key.high ^= 2;
  ObjectStore store = bench.open();
  ASSERT_TRUE(store.put(stored));
  bench.files->fail(Method::kPublishFile, FaultyFileSystem::kEveryCall, GetParam().status);
  EXPECT_FALSE(store.put(more));
  EXPECT_FALSE(store.put(still_more));
  EXPECT_EQ(store.state(), GetParam().over_records);
  EXPECT_EQ(find(store, stored), stored);
  EXPECT_EQ(find(store, more), std::nullopt);
  if (GetParam().over_records == kRw) return;
  EXPECT_THAT(bench.log.lines(),
              ElementsAre(testing::AllOf(HasSubstr(enum_name(store.state())),
                                         HasSubstr(status_text(GetParam().status)),
                                         HasSubstr("FP4JIT_CACHE_DIR"), HasSubstr(store.root()))));
  EXPECT_EQ(bench.files->calls(Method::kPublishFile), 2);  // it did not try again
}

TEST(Faults, WhatPassesDoesNotTurnTheStoreOff) {
  Bench bench;
  ObjectStore store = bench.open();
  bench.files->fail(Method::kPublishFile, 1, EMFILE);
  EXPECT_FALSE(store.put(sample_record()));
  EXPECT_TRUE(store.put(sample_record()));
  EXPECT_EQ(find(store, sample_record()), sample_record());
}

TEST(Faults, AReadErrorIsAMissWithOneLineAndNoQuarantine) {
  Bench bench;
  ObjectStore store = bench.open();
  ASSERT_TRUE(store.put(sample_record()));
  bench.files->fail(Method::kReadFile, FaultyFileSystem::kEveryCall, EIO);
  EXPECT_EQ(find(store, sample_record()), std::nullopt);
  EXPECT_EQ(find(store, sample_record()), std::nullopt);
  EXPECT_THAT(bench.log.lines(), ElementsAre(HasSubstr("Input/output error")));
  bench.files->heal();
  EXPECT_EQ(find(store, sample_record()), sample_record());
  EXPECT_EQ(store.counters().quarantined, 0u);
}

TEST(Faults, DamageThatCannotBeMovedIsStillAMiss) {
  Bench bench;
  ObjectStore store = bench.open();
  ASSERT_TRUE(store.put(sample_record()));
  write_bytes(store.object_path(sample_record().key, {13, 0}), "damage");
  bench.files->fail(Method::kRenameFile, FaultyFileSystem::kEveryCall, EACCES);
  EXPECT_EQ(find(store, sample_record()), std::nullopt);
  EXPECT_EQ(store.state(), StoreState::kReadOnly);
  EXPECT_EQ(find(store, sample_record()), std::nullopt);
  EXPECT_FALSE(store.put(sample_record()));
}

TEST(Faults, AWalkNamesTheFolderThatItCouldNotLookInto) {
  Bench bench;
  ObjectStore store = bench.open();
  ASSERT_TRUE(store.put(sample_record()));
  std::string objects = store.root() + "/objects";
  std::string below = std::filesystem::directory_iterator(objects)->path();
  int earlier = bench.files->calls(Method::kListFolder);
  for (const std::string& folder : {objects, below}) {
    bench.files->fail(Method::kListFolder, ++earlier, EACCES);
    std::vector<StoredObject> found = store.walk();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].path, folder);
    EXPECT_EQ(found[0].reason, "Permission denied");
    EXPECT_FALSE(found[0].is_foreign());
    ++earlier;  // the first walk ended with its first call, the second with its second
  }
}

TEST(Faults, AMissInAnAbsentOrEmptyStoreIsNoTrouble) {
  Bench bench;
  ObjectStore store = bench.open();
  find(store, sample_record());
  std::filesystem::create_directory(bench.folder.path("cache"));
  find(store, sample_record());
  EXPECT_THAT(store.walk(), IsEmpty());
  EXPECT_THAT(bench.log.lines(), IsEmpty());
}

}  // namespace
}  // namespace fp4jit::cache
