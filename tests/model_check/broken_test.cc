// The model check fails when the protocol is broken: each header here is the real one with one
// change, which CMakeLists.txt makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mutants/field_after_tag/snapshot_table.h"
#include "mutants/live_before_fill/snapshot_table.h"
#include "mutants/live_load_relaxed/snapshot_table.h"
#include "mutants/live_store_relaxed/snapshot_table.h"
#include "mutants/size_before_record/kernel_array.h"
#include "mutants/size_load_relaxed/kernel_array.h"
#include "mutants/size_store_relaxed/kernel_array.h"
#include "mutants/tag_before_fields/snapshot_table.h"
#include "mutants/tag_load_relaxed/snapshot_table.h"
#include "mutants/tag_store_relaxed/snapshot_table.h"
#include "tests/model_check/protocol.h"

namespace fp4jit::model_check {
namespace {

void expect_caught(const Program& program, FailureKind kind, const char* what) {
  Explored found = explore(program);
  ASSERT_TRUE(found.failure) << found.executions << " executions, and none fails";
  EXPECT_EQ(found.failure->kind, kind);
  EXPECT_THAT(found.failure->what, testing::HasSubstr(what));
}

template <class BrokenTable>
void expect_caught_in_table(FailureKind kind, const char* what) {
  Keys keys{.present = 1, .published = 1};
  expect_caught(publish_and<BrokenTable>(LookUp::kFind, keys, {{0, 1}}), kind, what);
}

template <class BrokenArray>
void expect_caught_in_array(const char* what) {
  Keys keys{.published = 2};
  auto program = publish_and<Table, BrokenArray>(LookUp::kGuess, keys, {{0, 1}});
  expect_caught(program, FailureKind::kRace, what);
}

TEST(Broken, TagBeforeFields) {
  using Broken = tag_before_fields::SnapshotTable<LowHash, Memory>;
  expect_caught_in_table<Broken>(FailureKind::kRace, "KernelKey");
}

TEST(Broken, FieldAfterTag) {
  using Broken = field_after_tag::SnapshotTable<LowHash, Memory>;
  expect_caught_in_table<Broken>(FailureKind::kRace, "KernelRecord> const*");
}

TEST(Broken, TagStoredRelaxed) {
  using Broken = tag_store_relaxed::SnapshotTable<LowHash, Memory>;
  expect_caught_in_table<Broken>(FailureKind::kRace, "KernelKey");
}

TEST(Broken, TagLoadedRelaxed) {
  using Broken = tag_load_relaxed::SnapshotTable<LowHash, Memory>;
  expect_caught_in_table<Broken>(FailureKind::kRace, "KernelKey");
}

TEST(Broken, LivePointerStoredRelaxed) {
  using Broken = live_store_relaxed::SnapshotTable<LowHash, Memory>;
  expect_caught_in_table<Broken>(FailureKind::kRace, "unsigned long");
}

TEST(Broken, LivePointerLoadedRelaxed) {
  using Broken = live_load_relaxed::SnapshotTable<LowHash, Memory>;
  expect_caught_in_table<Broken>(FailureKind::kRace, "unsigned long");
}

TEST(Broken, LargerTableLiveBeforeItIsFilled) {
  using Broken = live_before_fill::SnapshotTable<LowHash, Memory>;
  expect_caught_in_table<Broken>(FailureKind::kWrong, "was there from the start");
}

TEST(Broken, SizeBeforeRecord) {
  using Broken = size_before_record::BasicKernelArray<Memory, 1, 4>;
  expect_caught_in_array<Broken>("KernelRecord");
}

TEST(Broken, SizeStoredRelaxed) {
  using Broken = size_store_relaxed::BasicKernelArray<Memory, 1, 4>;
  expect_caught_in_array<Broken>("KernelRecord>*");
}

TEST(Broken, SizeLoadedRelaxed) {
  using Broken = size_load_relaxed::BasicKernelArray<Memory, 1, 4>;
  expect_caught_in_array<Broken>("KernelRecord>*");
}

}  // namespace
}  // namespace fp4jit::model_check
