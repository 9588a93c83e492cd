#include "cache/file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "tests/cache/scratch.h"

namespace fp4jit::cache {
namespace {

class RealFileSystem : public testing::TestWithParam<Temporaries> {
 protected:
  void SetUp() override { ASSERT_EQ(files_->make_folder(temp_, 0755), 0); }

  FileStatus publish(const std::string& name, const std::string& bytes) {
    return files_->publish_file(folder_.path(name), temp_, bytes, 0644);
  }

  ScratchFolder folder_{testing::TempDir()};  // on a disk
  std::string temp_ = folder_.path("tmp");
  std::shared_ptr<FileSystem> files_ = real_file_system(GetParam());
};

INSTANTIATE_TEST_SUITE_P(, RealFileSystem,
                         testing::Values(Temporaries::kNamelessWherePossible, Temporaries::kNamed),
                         [](const auto& info) {
                           return info.param == Temporaries::kNamed ? "named" : "nameless";
                         });

TEST_P(RealFileSystem, PublishesWholeFilesAndLeavesNoTemporary) {
  std::string bytes(3 << 20, 'x');
  EXPECT_EQ(publish("a", bytes), 0);
  EXPECT_EQ(read_bytes(folder_.path("a")), bytes);
  EXPECT_EQ(publish("empty", ""), 0);
  EXPECT_EQ(read_bytes(folder_.path("empty")), "");
  EXPECT_EQ(count_files(temp_), 0u);
}

TEST_P(RealFileSystem, TheFirstWriterWins) {
  EXPECT_EQ(publish("a", "first"), 0);
  EXPECT_EQ(publish("a", "second"), EEXIST);
  EXPECT_EQ(read_bytes(folder_.path("a")), "first");
  EXPECT_EQ(count_files(temp_), 0u);
}

TEST_P(RealFileSystem, GivesTheModeAsked) {
  mode_t before = ::umask(0);
  EXPECT_EQ(publish("a", "x"), 0);
  ::umask(before);
  struct stat seen;
  ASSERT_EQ(::stat(folder_.path("a").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 0777, 0644u);
  EXPECT_EQ(seen.st_nlink, 1u);
}

TEST_P(RealFileSystem, SaysWhyItCannotPublish) {
  EXPECT_EQ(files_->publish_file(folder_.path("no/a"), temp_, "x", 0644), ENOENT);
  EXPECT_EQ(files_->publish_file(folder_.path("a"), folder_.path("no"), "x", 0644), ENOENT);
  EXPECT_EQ(count_files(folder_.path()), 0u);
}

// A disk that takes a part and then no more, made by the limit on a file's size.
TEST_P(RealFileSystem, AWriteThatEndsHalfWayPublishesNothing) {
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = {100000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  FileStatus status = publish("a", std::string(150000, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(status, EFBIG);
  EXPECT_EQ(count_files(folder_.path()), 0u);
}

TEST_P(RealFileSystem, ATemporaryOfADeadProcessIsInNobodysWay) {
  ASSERT_EQ(publish("a", "x"), 0);
  std::shared_ptr<FileSystem> other = real_file_system(GetParam());  // counts from the start again
  std::string left;
  for (int i = 0; i < 3; ++i) {
    left = temp_ + "/" + read_bytes("/proc/sys/kernel/random/boot_id").substr(0, 36) + "." +
           std::to_string(::getpid()) + "." + std::to_string(i);
    write_bytes(left, "left behind");
  }
  EXPECT_EQ(other->publish_file(folder_.path("b"), temp_, "x", 0644), 0);
  EXPECT_EQ(count_files(temp_), 3u);
  EXPECT_EQ(read_bytes(left), "left behind");
}

TEST_P(RealFileSystem, ReadsWholeRegularFilesOnly) {
  std::string bytes;
  write_bytes(folder_.path("a"), std::string("a\0b", 3));
  EXPECT_EQ(files_->read_file(folder_.path("a"), 3, &bytes), 0);
  EXPECT_EQ(bytes, std::string("a\0b", 3));
  EXPECT_EQ(files_->read_file(folder_.path("a"), 2, &bytes), EFBIG);
  EXPECT_EQ(files_->read_file(folder_.path("none"), 9, &bytes), ENOENT);
  EXPECT_EQ(files_->read_file(temp_, 9, &bytes), EINVAL);
  ASSERT_EQ(::symlink("a", folder_.path("link").c_str()), 0);
  EXPECT_EQ(files_->read_file(folder_.path("link"), 3, &bytes), 0);
  EXPECT_EQ(bytes.size(), 3u);
}

TEST_P(RealFileSystem, AFifoDoesNotHang) {
  std::string bytes;
  ASSERT_EQ(::mkfifo(folder_.path("fifo").c_str(), 0644), 0);
  EXPECT_EQ(files_->read_file(folder_.path("fifo"), 9, &bytes), EINVAL);
}

TEST_P(RealFileSystem, RenamesWithoutReplacing) {
  write_bytes(folder_.path("a"), "a");
  write_bytes(folder_.path("b"), "b");
  EXPECT_EQ(files_->rename_file(folder_.path("a"), folder_.path("b")), EEXIST);
  EXPECT_EQ(read_bytes(folder_.path("b")), "b");
  EXPECT_EQ(files_->rename_file(folder_.path("a"), folder_.path("c")), 0);
  EXPECT_EQ(read_bytes(folder_.path("c")), "a");
  EXPECT_EQ(files_->rename_file(folder_.path("a"), folder_.path("d")), ENOENT);
}

TEST_P(RealFileSystem, MakesFoldersWithTheirParents) {
  FolderState state;
  EXPECT_EQ(files_->make_folder(folder_.path("x/y/z"), 0700), 0);
  EXPECT_EQ(files_->make_folder(folder_.path("x/y/z"), 0700), 0);
  for (const char* name : {"x", "x/y", "x/y/z"}) {
    ASSERT_EQ(files_->folder_state(folder_.path(name), &state), 0);
    EXPECT_TRUE(state.exists && state.is_folder);
    EXPECT_EQ(state.mode, 0700u);
    EXPECT_EQ(state.owner, files_->user());
  }
  write_bytes(folder_.path("file"), "");
  EXPECT_EQ(files_->make_folder(folder_.path("file"), 0700), ENOTDIR);
  EXPECT_EQ(files_->make_folder(folder_.path("file/x"), 0700), ENOTDIR);
}

TEST_P(RealFileSystem, TellsFoldersFromFilesFromNothing) {
  FolderState state;
  write_bytes(folder_.path("file"), "");
  EXPECT_EQ(files_->folder_state(folder_.path("file"), &state), 0);
  EXPECT_TRUE(state.exists && !state.is_folder);
  EXPECT_EQ(files_->folder_state(folder_.path("none/below"), &state), 0);
  EXPECT_FALSE(state.exists);
  EXPECT_EQ(files_->folder_state(folder_.path("file/below"), &state), ENOTDIR);
}

TEST_P(RealFileSystem, ListsWhatIsThere) {
  std::vector<std::string> names = {"stale"};
  EXPECT_EQ(files_->list_folder(temp_, "", &names), 0);
  EXPECT_TRUE(names.empty());
  for (int i = 0; i < 1000; ++i) write_bytes(temp_ + "/" + std::to_string(i), "");
  EXPECT_EQ(files_->list_folder(temp_, "", &names), 0);
  EXPECT_EQ(names.size(), 1000u);
  EXPECT_EQ(std::count(names.begin(), names.end(), "777"), 1);
  EXPECT_EQ(files_->list_folder(temp_, "99", &names), 0);
  EXPECT_THAT(names, testing::UnorderedElementsAre("99", "990", "991", "992", "993", "994", "995",
                                                   "996", "997", "998", "999"));
  EXPECT_EQ(files_->list_folder(folder_.path("none"), "", &names), ENOENT);
  EXPECT_EQ(files_->list_folder(temp_ + "/1", "", &names), ENOTDIR);
}

}  // namespace
}  // namespace fp4jit::cache
