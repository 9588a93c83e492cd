// Processes that put and find one key at once, some of them killed in the middle.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "cache/object_store.h"
#include "tests/cache/scratch.h"

namespace fp4jit::cache {
namespace {

constexpr int kProcesses = 8;
constexpr int kRounds = 12;
constexpr size_t kPayloadBytes = 2 << 20;  // large, so that a kill falls into the writing

std::optional<Record> find(ObjectStore& store, const Record& record) {
  return store.find(record.key, record.key_text, any_toolchain);
}

// A process of the herd: 0 when it found the record, and nothing but the record.
int put_and_find(const std::string& root, const Record& record, Temporaries temporaries) {
  ObjectStore store(root, "", real_file_system(temporaries), {});
  if (auto early = find(store, record); early && *early != record) return 1;
  if (!store.put(record)) return 2;
  return find(store, record) == record ? 0 : 3;
}

class Herd : public testing::TestWithParam<Temporaries> {
 protected:
  void start(const Record& record) {
    for (int i = 0; i < kProcesses; ++i) {
      pid_t child = ::fork();
      if (child == 0) ::_exit(put_and_find(root_, record, GetParam()));
      children_.push_back(child);
    }
  }

  // Odd ones die after a random while; the others must succeed.
  void kill_some_and_wait(std::mt19937& random) {
    for (size_t i = 1; i < children_.size(); i += 2) {
      ::usleep(std::uniform_int_distribution<useconds_t>(0, 3000)(random));
      ::kill(children_[i], SIGKILL);
    }
    for (size_t i = 0; i < children_.size(); ++i) {
      int status = 0;
      ASSERT_EQ(::waitpid(children_[i], &status, 0), children_[i]);
      bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
      killed_ += killed;
      EXPECT_TRUE((killed && i % 2 == 1) || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
          << "process " << i << ", status " << status;
    }
    children_.clear();
  }

  ScratchFolder folder_;
  std::string root_;
  std::vector<pid_t> children_;
  int killed_ = 0;
};

INSTANTIATE_TEST_SUITE_P(, Herd,
                         testing::Values(Temporaries::kNamelessWherePossible, Temporaries::kNamed),
                         [](const auto& info) {
                           return info.param == Temporaries::kNamed ? "named" : "nameless";
                         });

TEST_P(Herd, LeavesOneGoodRecordWhoeverDies) {
  const Record record = sample_record(kPayloadBytes);
  std::mt19937 random(20261121);
  for (int round = 0; round < kRounds; ++round) {
    root_ = folder_.path("round" + std::to_string(round));
    start(record);
    kill_some_and_wait(random);
    ObjectStore store(root_, "", real_file_system(), {});
    std::vector<StoredObject> objects = store.walk();
    ASSERT_EQ(objects.size(), 1u);
    EXPECT_EQ(objects[0].reason, "");
    EXPECT_EQ(find(store, record), record);
    EXPECT_EQ(count_files(root_ + "/quarantine"), 0u);
    if (GetParam() == Temporaries::kNamelessWherePossible) {
      EXPECT_EQ(count_files(root_ + "/tmp"), 0u);
    }
    std::filesystem::remove_all(root_);
  }
  RecordProperty("killed", killed_);
  EXPECT_GT(killed_, 0) << "no process died: the test proved nothing";
}

// The same over a damaged record: everybody sees it, and one good record stands in the end.
TEST_P(Herd, RepairsADamagedRecord) {
  const Record record = sample_record(1000);
  for (int round = 0; round < kRounds; ++round) {
    root_ = folder_.path("damaged" + std::to_string(round));
    ObjectStore store(root_, "", real_file_system(), {});
    write_bytes(store.object_path(record.key, record.toolchain), "damage");
    for (int i = 0; i < kProcesses; ++i) {
      pid_t child = ::fork();
      if (child == 0) {
        ObjectStore own(root_, "", real_file_system(GetParam()), {});
        auto found = find(own, record);
        own.put(record);
        ::_exit(found && *found != record ? 1 : 0);
      }
      children_.push_back(child);
    }
    for (pid_t child : children_) {
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
    children_.clear();
    EXPECT_TRUE(store.put(record));
    EXPECT_EQ(find(store, record), record);
  }
}

}  // namespace
}  // namespace fp4jit::cache
