// Planted bugs of programmatic launches: what a kernel touches before griddepcontrol.wait has made
// sure that its predecessor is done; and correct chains, which are no findings and give right
// bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using Words = std::vector<uint32_t>;

constexpr uint32_t kBlocks = 40, kThreads = 64,
                   kCount = kBlocks * kThreads;  // more than stand still

// Each kernel takes a source and a destination of a word for each thread: %from and %to.
std::string entry(const std::string& name, const std::string& body) {
  return ".entry " + name + R"((.param .u64 from, .param .u64 to)
{
.reg .pred %p<4>;
.reg .b32 %r<4>, %i;
.reg .b64 %from, %to, %first;
ld.param.u64 %from, [from];
ld.param.u64 %to, [to];
mov.u64 %first, %from;
mad.lo.u32 %i, %ctaid.x, %ntid.x, %tid.x;
mad.wide.u32 %from, %i, 4, %from;
mad.wide.u32 %to, %i, 4, %to;
)" + body +
         "ret;\n}\n";
}

constexpr const char* kTrigger = "griddepcontrol.launch_dependents;\n";
constexpr const char* kWait = "griddepcontrol.wait;\n";
constexpr const char* kLoad = "ld.global.u32 %r0, [%from];\n";
constexpr const char* kStore = "add.u32 %r0, %r0, 1;\nst.global.u32 [%to], %r0;\n";
constexpr const char* kFill = "st.global.u32 [%to], %i;\n";

std::string all_kernels() {
  const std::string trigger = kTrigger, wait = kWait, load = kLoad, store = kStore, fill = kFill;
  const std::string guarded_trigger =
      "mov.u32 %r1, %tid.x;\nsetp.eq.u32 %p0, %r1, 40;\n@%p0 griddepcontrol.launch_dependents;\n";
  return ".version 9.0\n.target sm_100a\n.address_size 64\n" + entry("fill", fill) +
         entry("trigger_then_fill", trigger + fill) + entry("fill_then_trigger", fill + trigger) +
         entry("correct", trigger + wait + load + store) +
         entry("wait_then_trigger", wait + trigger + load + store) +
         entry("one_thread_triggers", wait + guarded_trigger + "bar.sync 0;\n" + load + store) +
         entry("load_before_wait", load + wait + store) +
         entry("store_before_wait", "mov.u32 %r0, 5;\n" + store + wait) +
         entry("never_waits", trigger + "mov.u32 %r0, 5;\n" + store) +
         entry("never_waits_and_loads", load + store) +
         entry("trigger_then_copy_first",
               trigger + "ld.volatile.global.u32 %r0, [%first];\n" + store);
}

class PlantedDependencies : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(machine_.load(all_kernels()), ""); }

  void launch(const std::string& kernel, uint64_t from, uint64_t to, uint32_t blocks = kBlocks) {
    machine_.launch(kernel, blocks, kThreads, {from, to}, true);
  }
  // The finding's text.
  const std::string& complete() {
    EXPECT_EQ(machine_.complete() == CUDA_SUCCESS, machine_.findings().empty());
    return machine_.findings();
  }
  // i + `more` for each thread.
  void expect_words(uint64_t address, uint32_t more) {
    const Words words = machine_.read<uint32_t>(address, kCount);
    for (uint32_t i = 0; i < kCount; ++i) ASSERT_EQ(words[i], i + more) << i;
  }

  Machine machine_;
  uint64_t a_ = machine_.zeros(4 * kCount), b_ = machine_.zeros(4 * kCount),
           c_ = machine_.zeros(4 * kCount), d_ = machine_.zeros(4 * kCount);
};

TEST_F(PlantedDependencies, LoadBeforeTheWaitWholeMessage) {
  launch("fill_then_trigger", a_, b_);
  launch("load_before_wait", b_, c_);
  EXPECT_THAT(
      complete(),
      MatchesRegex("ptxsim: before-wait: load of 4 bytes at 0x[0-9a-f]+, offset [0-9]+ of "
                   "allocation #2 \\(10240 bytes at 0x[0-9a-f]+00, a test's buffer\\): launch "
                   "[0-9]+ \\(thread [0-9]+ of block [0-9]+ of kernel fill_then_trigger\\) writes "
                   "there, and may still be "
                   "running: this thread has not executed griddepcontrol.wait\n"
                   "  kernel load_before_wait, PTX line [0-9]+: ld.global.u32 %r0, "
                   "\\[%from\\]\n  block \\([0-9]+,0,0\\), thread \\([0-9]+,0,0\\)\n"));
}
// The predecessor writes there only later: all of it stands still behind its trigger until the
// successor has read.
TEST_F(PlantedDependencies, LoadOfWhatThePredecessorWritesLater) {
  launch("trigger_then_fill", a_, b_, 4);
  launch("load_before_wait", b_, c_, 4);
  EXPECT_THAT(complete(), HasSubstr("before-wait: load of 4 bytes"));
}
// One that never triggers ends before the successor starts; its writes are not yet seen for that.
TEST_F(PlantedDependencies, LoadBeforeTheWaitOfOneThatNeverTriggers) {
  launch("fill", a_, b_);
  launch("load_before_wait", b_, c_);
  EXPECT_THAT(complete(), HasSubstr("before-wait: load of 4 bytes"));
}
TEST_F(PlantedDependencies, StoreBeforeTheWait) {
  launch("trigger_then_fill", a_, b_);
  launch("store_before_wait", a_, b_);
  EXPECT_THAT(complete(), HasSubstr("before-wait: store of 4 bytes"));
}
TEST_F(PlantedDependencies, NoWaitAtAll) {
  launch("trigger_then_fill", a_, b_);
  launch("never_waits_and_loads", b_, c_);
  EXPECT_THAT(complete(), HasSubstr("before-wait: load of 4 bytes"));
}
// Its own buffers it may touch at once.
TEST_F(PlantedDependencies, OtherBuffersBeforeTheWait) {
  launch("trigger_then_fill", a_, b_);
  launch("load_before_wait", a_, c_);
  launch("store_before_wait", a_, d_);
  EXPECT_EQ(complete(), "");
}

// The middle one ends without having waited for the first, and the last waits for the middle one.
TEST_F(PlantedDependencies, AGrandparentThatMayStillBeRunning) {
  launch("trigger_then_fill", a_, b_);
  launch("never_waits", a_, c_);
  launch("correct", b_, d_);
  EXPECT_THAT(complete(), HasSubstr("before-wait: load of 4 bytes"));
  EXPECT_THAT(machine_.findings(), HasSubstr(" of kernel trigger_then_fill)"));
  EXPECT_THAT(
      machine_.findings(),
      HasSubstr(" writes there, and may still be running after griddepcontrol.wait: a launch "
                "between the two never waited for it\n  kernel correct, "));
}
// The middle one triggers before it waits: the last may start while the first still runs.
TEST_F(PlantedDependencies, AGrandparentBeforeTheWait) {
  launch("trigger_then_fill", a_, b_);
  launch("correct", b_, c_);
  launch("load_before_wait", b_, d_);
  EXPECT_THAT(complete(), HasSubstr("before-wait: load of 4 bytes"));
}
// Triggers after its wait: what came before that is done when the last one starts.
TEST_F(PlantedDependencies, AGrandparentThatIsDone) {
  launch("trigger_then_fill", a_, b_);
  launch("wait_then_trigger", b_, c_);
  launch("load_before_wait", b_, d_);
  EXPECT_EQ(complete(), "");
  expect_words(d_, 1);
}

TEST_F(PlantedDependencies, ACorrectChainGivesRightBytes) {
  for (const char* middle : {"correct", "wait_then_trigger", "one_thread_triggers"}) {
    launch("trigger_then_fill", a_, b_);
    launch(middle, b_, c_);
    launch("correct", c_, d_);
    launch("correct", d_, b_);
    EXPECT_EQ(complete(), "") << middle;
    expect_words(c_, 1);
    expect_words(d_, 2);
    expect_words(b_, 3);
  }
}

// Without the attribute, and after the host has waited, everything before can be seen.
TEST_F(PlantedDependencies, OrdinaryLaunchesNeedNoWait) {
  launch("trigger_then_fill", a_, b_);
  machine_.launch("load_before_wait", kBlocks, kThreads, {b_, c_}, false);
  EXPECT_EQ(complete(), "");
  expect_words(c_, 1);
}
TEST_F(PlantedDependencies, WhatTheHostHasWaitedForCanBeSeen) {
  launch("trigger_then_fill", a_, b_);
  EXPECT_EQ(machine_.complete(), CUDA_SUCCESS);
  launch("load_before_wait", b_, c_);
  EXPECT_EQ(complete(), "");
  expect_words(c_, 1);
}

// The predecessor, standing behind its trigger, reads what the successor's prologue has written
// meanwhile, which no order of one after the other gives.
TEST_F(PlantedDependencies, TheSuccessorStartsWhileThePredecessorStandsStill) {
  machine_.launch("trigger_then_copy_first", 1, 1, {a_, b_}, true);
  machine_.launch("store_before_wait", 1, 1, {c_, a_}, true);
  EXPECT_EQ(complete(), "");
  EXPECT_EQ(machine_.read<uint32_t>(b_, 1), (Words{7}));  // 5, and 1 by each of the two
}

// A finding in the predecessor keeps the successor from running on.
TEST_F(PlantedDependencies, AFailedPredecessorEndsTheChain) {
  machine_.release(b_);
  launch("trigger_then_fill", a_, b_, 4);
  launch("correct", a_, c_, 4);
  EXPECT_THAT(complete(), HasSubstr("use-after-free"));
  EXPECT_EQ(machine_.read<uint32_t>(c_, 1), (Words{0}));
}

}  // namespace
}  // namespace ptxsim
