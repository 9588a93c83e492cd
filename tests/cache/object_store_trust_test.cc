// Whose folder it is: who may write to it, and who reads it.
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/object_store.h"
#include "tests/cache/scratch.h"
#include "tests/fakes/faulty_file_system.h"

namespace fp4jit::cache {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr uid_t kNobody = 65534;
constexpr uint32_t kMe = 1000;

std::optional<Record> find(ObjectStore& store, const Record& record) {
  return store.find(record.key, record.key_text, any_toolchain);
}

// With owners as the seam tells them, whoever runs the test.
class PretendedOwner : public testing::Test {
 protected:
  void SetUp() override {
    ObjectStore filler(root_, "", real_file_system(), {});
    ASSERT_TRUE(filler.put(sample_record()));
    files_->pretend_user(kMe);
  }

  ScratchFolder folder_;
  std::string root_ = folder_.path("cache");
  KeptLog log_;
  std::shared_ptr<FaultyFileSystem> files_ = std::make_shared<FaultyFileSystem>();
};

TEST_F(PretendedOwner, RootsStoreIsReadAndNeverWritten) {
  files_->pretend_owner(0, 0755);
  ObjectStore store(root_, "", files_, log_.log());
  EXPECT_EQ(store.state(), StoreState::kReadOnly);
  EXPECT_EQ(find(store, sample_record()), sample_record());
  Record more = sample_record();
  more.key.high ^= 1;
  EXPECT_FALSE(store.put(more));
  EXPECT_EQ(store.counters().write_failures, 0u);
  EXPECT_THAT(log_.lines(), IsEmpty());  // a prewarmed image is no trouble
}

TEST_F(PretendedOwner, DamageInRootsStoreIsPassedOverAndStays) {
  files_->pretend_owner(0, 0755);
  ObjectStore store(root_, "", files_, log_.log());
  std::string path = store.object_path(sample_record().key, {13, 0});
  write_bytes(path, "damage");
  EXPECT_EQ(find(store, sample_record()), std::nullopt);
  EXPECT_EQ(read_bytes(path), "damage");
  EXPECT_EQ(store.counters().quarantined, 0u);
  EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("passed over")));
}

TEST_F(PretendedOwner, OurOwnStoreThatOthersMayWriteIsUsedWithOneLine) {
  files_->pretend_owner(kMe, 0777);
  ObjectStore store(root_, "", files_, log_.log());
  EXPECT_EQ(store.state(), StoreState::kReadWrite);
  EXPECT_EQ(find(store, sample_record()), sample_record());
  EXPECT_TRUE(store.put(sample_record()));
  EXPECT_THAT(store.state_reason(), HasSubstr("0777"));
  EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("lets others")));
}

TEST_F(PretendedOwner, AStrangersStoreIsNotEvenRead) {
  for (FolderState state :
       {FolderState{true, true, 1001, 0755}, FolderState{true, true, 0, 0777}}) {
    files_->pretend_owner(state.owner, state.mode);
    KeptLog log;
    ObjectStore store(root_, "", files_, log.log());
    EXPECT_EQ(store.state(), StoreState::kMemoryOnly);
    EXPECT_EQ(find(store, sample_record()), std::nullopt);
    EXPECT_FALSE(store.put(sample_record()));
    EXPECT_THAT(store.walk(), IsEmpty());
    EXPECT_EQ(files_->calls(FaultyFileSystem::kReadFile), 0);
    EXPECT_EQ(files_->calls(FaultyFileSystem::kListFolder), 0);
    EXPECT_THAT(log.lines(), ElementsAre(StartsWith("the store is memory-only: " + root_)));
  }
}

TEST_F(PretendedOwner, AStrangerWhoCreatesTheRootFirstIsNotTrusted) {
  std::string later = folder_.path("later");
  ObjectStore reader(later, "", files_, log_.log()), writer(later, "", files_, {});
  EXPECT_EQ(reader.state(), StoreState::kReadWrite);
  std::filesystem::create_directory(later);
  files_->pretend_owner(1001, 0755);
  EXPECT_EQ(find(reader, sample_record()), std::nullopt);
  EXPECT_FALSE(writer.put(sample_record()));
  EXPECT_EQ(reader.state(), StoreState::kMemoryOnly);
  EXPECT_EQ(writer.state(), StoreState::kMemoryOnly);
  EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("uid 1001")));
  EXPECT_TRUE(std::filesystem::is_empty(later));
}

// Absent when looked at, made by another before we could, and so not made by us.
TEST_F(PretendedOwner, AStrangerWhoWinsTheRaceForTheRootGetsNothing) {
  std::string contested = folder_.path("contested");
  files_->pretend_owner(1001, 0755);
  ObjectStore store(contested, "", files_, log_.log());
  EXPECT_FALSE(store.put(sample_record()));
  EXPECT_EQ(store.state(), StoreState::kMemoryOnly);
  EXPECT_TRUE(std::filesystem::is_empty(contested));
  EXPECT_EQ(files_->calls(FaultyFileSystem::kPublishFile), 0);
}

TEST(Owner, AFileInPlaceOfTheFolderIsNoPlace) {
  ScratchFolder folder;
  write_bytes(folder.path("cache"), "I am a file");
  for (const char* name : {"cache", "cache/below"}) {
    KeptLog log;
    ObjectStore store(folder.path(name), "", real_file_system(), log.log());
    EXPECT_EQ(store.state(), StoreState::kMemoryOnly);
    EXPECT_FALSE(store.put(sample_record()));
    EXPECT_EQ(find(store, sample_record()), std::nullopt);
    EXPECT_EQ(log.lines().size(), 1u);
  }
  EXPECT_EQ(read_bytes(folder.path("cache")), "I am a file");
}

// Runs `check` in a child that has no rights of root's; what it returns, "" for all is well.
template <class Check>
std::string unprivileged(const Check& check) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  pid_t child = ::fork();
  if (child == 0) {
    bool dropped = ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(kNobody) == 0 &&
                                        ::setuid(kNobody) == 0);
    std::string report = dropped ? check() : "cannot become an unprivileged user";
    ssize_t written = ::write(ends[1], report.data(), report.size());
    ::_exit(written == static_cast<ssize_t>(report.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string report;
  char buffer[4096];
  for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    report.append(buffer, static_cast<size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? report : report + " (the child died)";
}

// One line about a store's behaviour on a record that may be there: "read-only found not-stored
// lines=0".
std::string behaviour(const std::string& root) {
  KeptLog log;
  ObjectStore store(root, "", real_file_system(), log.log());
  Record more = sample_record();
  more.key.high ^= 1;
  bool stored = store.put(more), stored_again = store.put(more);
  std::string text(enum_name(store.state()));
  text += find(store, sample_record()) == sample_record() ? " found" : " not-found";
  text += stored && stored_again ? " stored" : " not-stored";
  return text + " lines=" + std::to_string(log.lines().size());
}

class RealOwner : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
    ObjectStore filler(root_, "", real_file_system(), {});
    ASSERT_TRUE(filler.put(sample_record()));
  }
  void chmod(const std::string& path, mode_t mode) { ASSERT_EQ(::chmod(path.c_str(), mode), 0); }
  void give_away(const std::string& path) { ASSERT_EQ(::chown(path.c_str(), kNobody, kNobody), 0); }
  static bool root() { return ::geteuid() == 0; }

  ScratchFolder folder_;
  std::string root_ = folder_.path("cache");
};

TEST_F(RealOwner, AnImagePrewarmedAsRootServesEverybody) {
  if (!root()) GTEST_SKIP() << "needs to run as root, to make a store that belongs to root";
  chmod(root_, 0755);
  size_t files = count_files(root_);
  EXPECT_EQ(unprivileged([&] { return behaviour(root_); }), "read-only found not-stored lines=0");
  EXPECT_EQ(count_files(root_), files);
}

TEST_F(RealOwner, RootsPrivateStoreIsAMissWithOneLine) {
  if (!root()) GTEST_SKIP() << "needs to run as root, to make a store that belongs to root";
  EXPECT_EQ(unprivileged([&] { return behaviour(root_); }),
            "read-only not-found not-stored lines=1");
}

TEST_F(RealOwner, AFolderThatEverybodyMayWriteIsNotTrusted) {
  if (!root()) GTEST_SKIP() << "needs to run as root, to make a store that belongs to root";
  chmod(root_, 0777);
  EXPECT_EQ(unprivileged([&] { return behaviour(root_); }),
            "memory-only not-found not-stored lines=1");
}

TEST_F(RealOwner, AnEmptyFolderThatWeMayNotWriteIsMemoryOnly) {
  std::string empty = folder_.path("empty");
  std::filesystem::create_directory(empty);
  chmod(empty, 0555);
  if (root()) give_away(empty);
  EXPECT_EQ(unprivileged([&] { return behaviour(empty); }),
            "memory-only not-found not-stored lines=1");
}

TEST_F(RealOwner, AStoreOfOursThatWeMayNotWriteIsRead) {
  std::string objects = root_ + "/objects";
  if (root()) give_away(root_);
  std::filesystem::remove_all(root_ + "/tmp");
  chmod(root_, 0555);
  EXPECT_EQ(unprivileged([&] { return behaviour(root_); }), "read-only found not-stored lines=1");
  chmod(root_, 0755);
}

TEST_F(RealOwner, ARootThatCannotBeCreatedIsMemoryOnly) {
  std::string parent = folder_.path("parent");
  std::filesystem::create_directory(parent);
  chmod(parent, 0555);
  EXPECT_EQ(unprivileged([&] { return behaviour(parent + "/cache"); }),
            "memory-only not-found not-stored lines=1");
}

}  // namespace
}  // namespace fp4jit::cache
