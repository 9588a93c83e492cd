#include "cache/object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "tests/cache/scratch.h"
#include "tests/fakes/faulty_file_system.h"

namespace fp4jit::cache {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ObjectStoreTest : public testing::Test {
 protected:
  std::unique_ptr<ObjectStore> open() {
    return std::make_unique<ObjectStore>(root_, "", files_, log_.log());
  }
  std::optional<Record> find(ObjectStore& store, const Record& record) {
    return store.find(record.key, record.key_text, any_toolchain);
  }

  ScratchFolder folder_;
  std::string root_ = folder_.path("cache/fp4jit");
  KeptLog log_;
  std::shared_ptr<FaultyFileSystem> files_ = std::make_shared<FaultyFileSystem>();
};

TEST_F(ObjectStoreTest, FindsWhatWasPutAlsoFromAnotherProcess) {
  auto store = open();
  EXPECT_EQ(find(*store, sample_record()), std::nullopt);
  EXPECT_TRUE(store->put(sample_record()));
  EXPECT_EQ(find(*store, sample_record()), sample_record());
  EXPECT_EQ(find(*open(), sample_record()), sample_record());
  EXPECT_THAT(log_.lines(), IsEmpty());
}

TEST_F(ObjectStoreTest, AStoreOpenedBeforeTheFolderWasMadeFindsWhatOthersPut) {
  auto early = open();
  EXPECT_EQ(find(*early, sample_record()), std::nullopt);
  ASSERT_TRUE(open()->put(sample_record()));
  EXPECT_EQ(find(*early, sample_record()), sample_record());
}

TEST_F(ObjectStoreTest, LookingCreatesNothing) {
  auto store = open();
  find(*store, sample_record());
  EXPECT_THAT(store->walk(), IsEmpty());
  EXPECT_EQ(store->state(), StoreState::kReadWrite);
  EXPECT_EQ(store->state_reason(), "");
  EXPECT_FALSE(std::filesystem::exists(folder_.path("cache")));
}

TEST_F(ObjectStoreTest, TheRootIsPrivateAndHoldsItsThreeFoldersAlone) {
  mode_t before = ::umask(0);
  auto store = open();
  ASSERT_TRUE(store->put(sample_record()));
  ::umask(before);
  write_bytes(store->object_path(sample_record().key, {13, 0}), "damage");
  find(*store, sample_record());
  std::vector<std::string> names;
  ASSERT_EQ(files_->list_folder(root_, "", &names), 0);
  EXPECT_THAT(names, testing::UnorderedElementsAre("objects", "quarantine", "tmp"));
  FolderState state;
  ASSERT_EQ(files_->folder_state(root_, &state), 0);
  EXPECT_EQ(state.mode, 0700u);
}

TEST_F(ObjectStoreTest, TheFileIsNamedByKeyAndToolchainAndHoldsTheRecord) {
  auto store = open();
  Record record = sample_record();
  ASSERT_TRUE(store->put(record));
  std::string hex = record.key.hex();
  std::string path = root_ + "/objects/" + hex.substr(0, 2) + "/" + hex.substr(2) + "-13.0.rec";
  EXPECT_EQ(store->object_path(record.key, record.toolchain), path);
  EXPECT_EQ(read_bytes(path), encode_record(record));
}

TEST_F(ObjectStoreTest, ToolchainsStandSideBySideNewestFirst) {
  auto store = open();
  Record old_one = sample_record(), new_one = sample_record();
  old_one.toolchain = {12, 9};
  new_one.toolchain = {12, 10};
  new_one.payload = "newer";
  ASSERT_TRUE(store->put(new_one));
  ASSERT_TRUE(store->put(old_one));
  EXPECT_EQ(find(*store, old_one), new_one);
  auto accept_old = [](const Toolchain& toolchain) { return toolchain < Toolchain{12, 10}; };
  EXPECT_EQ(store->find(old_one.key, old_one.key_text, accept_old), old_one);
  auto accept_none = [](const Toolchain&) { return false; };
  EXPECT_EQ(store->find(old_one.key, old_one.key_text, accept_none), std::nullopt);
}

TEST_F(ObjectStoreTest, TheFirstWriterWinsAndTheSecondSucceeds) {
  Record first = sample_record(), second = sample_record();
  second.payload = "other bytes";
  auto store = open();
  EXPECT_TRUE(store->put(first));
  EXPECT_TRUE(store->put(second));
  EXPECT_EQ(find(*store, first), first);
  EXPECT_EQ(store->counters().write_failures, 0u);
}

TEST_F(ObjectStoreTest, WalkNamesEveryObjectInOrder) {
  auto store = open();
  std::vector<std::string> paths;
  for (uint64_t high : {0x0200000000000000u, 0x0100000000000000u, 0xff00000000000000u}) {
    Record record = sample_record();
    record.key = {high, 7};
    ASSERT_TRUE(store->put(record));
    paths.push_back(store->object_path(record.key, record.toolchain));
  }
  std::sort(paths.begin(), paths.end());
  write_bytes(root_ + "/objects/02/.nfs0001", "not ours");
  write_bytes(root_ + "/objects/README", "not ours");
  std::vector<std::string> walked;
  for (const StoredObject& object : store->walk()) {
    walked.push_back(object.path);
    EXPECT_EQ(object.reason, "");
    EXPECT_EQ(object.bytes, encode_record(object.decoded.record).size());
  }
  EXPECT_EQ(walked, paths);
}

TEST_F(ObjectStoreTest, ALookUpIsOneListingAndOneRead) {
  auto store = open();
  ASSERT_TRUE(store->put(sample_record()));
  uint64_t counted = store->counters().io_ops;
  int called = files_->calls();
  find(*store, sample_record());
  EXPECT_EQ(store->counters().io_ops - counted, 2u);
  EXPECT_EQ(files_->calls() - called, 2);
}

TEST_F(ObjectStoreTest, WithoutAPlaceEverythingIsAMissAndNothingFails) {
  ObjectStore store("", "HOME is not set", files_, log_.log());
  EXPECT_EQ(store.state(), StoreState::kMemoryOnly);
  EXPECT_EQ(store.state_reason(), "HOME is not set");
  EXPECT_FALSE(store.put(sample_record()));
  EXPECT_EQ(find(store, sample_record()), std::nullopt);
  EXPECT_THAT(store.walk(), IsEmpty());
  EXPECT_EQ(files_->calls(), 0);
  EXPECT_THAT(log_.lines(), ElementsAre("the store is memory-only: HOME is not set"));
}

TEST_F(ObjectStoreTest, EightThreadsPutAndFindOneKey) {
  auto store = open();
  std::atomic<int> put{0}, found{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      put += store->put(sample_record(10000));
      found += find(*store, sample_record(10000)) == sample_record(10000);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(put, 8);
  EXPECT_EQ(found, 8);
  EXPECT_EQ(count_files(root_), 1u);
}

TEST(StoreStateNames, AreWhatTheProgramPrints) {
  EXPECT_EQ(enum_names<StoreState>(), "read-write, read-only, memory-only");
}

}  // namespace
}  // namespace fp4jit::cache
