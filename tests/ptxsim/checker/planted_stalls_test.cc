// Planted stalls: who waits for threads that never come, and who never ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/ptxsim/testing/run_kernel.h"

namespace ptxsim {
namespace {

using testing::HasSubstr;

// Read once, at the first launch.
const bool kBudgetIsSet = ::setenv("PTXSIM_BUDGET", "200000", 1) == 0;

std::string find(const std::string& body, uint32_t threads = 32) {
  const Finding finding = run_and_find({body}, {1, threads});
  EXPECT_EQ(finding.code == CUDA_SUCCESS, finding.text.empty());
  return finding.text;
}

// The lanes below 16 at one instruction, the others at another.
std::string halves(const std::string& lower, const std::string& upper) {
  return "setp.ge.u32 %p0, %t, 16;\n@%p0 bra upper;\n" + lower + "\nbra met;\nupper:\n" + upper +
         "\nmet:\n";
}

TEST(PlantedStalls, DivergentBarrierWholeMessage) {
  EXPECT_EQ(
      find(halves("bar.sync 0;", "bar.sync 0;")),
      "ptxsim: divergent-barrier: lanes 0x0000ffff of the warp wait here for lanes 0xffff0000, "
      "which stand at line 21: bar.sync 0\n"
      "  kernel test, PTX line 18: bar.sync 0\n"
      "  block (0,0,0), thread (0,0,0)\n");
}
TEST(PlantedStalls, HalfAWarpAtABarrierAndHalfAtAVote) {
  EXPECT_THAT(find(halves("bar.sync 0;", "vote.sync.any.pred %p1, %p0, 0xffffffff;")),
              HasSubstr("divergent-barrier: lanes 0x0000ffff"));
}
TEST(PlantedStalls, WarpsAtDifferentBarriers) {
  EXPECT_EQ(find("setp.ge.u32 %p0, %t, 32;\n@%p0 bra B;\nbar.sync 0;\nret;\nB:\nbar.sync 1;", 96),
            "ptxsim: divergent-barrier: 32 of 96 threads have come to barrier 0, and no thread is "
            "left that could come\n"
            "  kernel test, PTX line 18: bar.sync 0\n"
            "  block (0,0,0), thread (0,0,0)\n");
}
TEST(PlantedStalls, FewerThreadsThanABarrierExpects) {
  EXPECT_THAT(
      find("bar.sync 3, 128;", 96),
      HasSubstr("divergent-barrier: 96 of 128 threads have come to barrier 3, and no thread"));
}
TEST(PlantedStalls, ABarrierThatAWarpSkips) {
  EXPECT_THAT(find("setp.ge.u32 %p0, %t, 32;\n@%p0 bra B;\nbar.sync 0, 96;\nB:\n", 96),
              HasSubstr("divergent-barrier: 32 of 96 threads have come to barrier 0"));
}
TEST(PlantedStalls, ImpossibleBarriers) {
  EXPECT_THAT(find("bar.sync 16;"), HasSubstr("divergent-barrier: barrier 16 of 16"));
  EXPECT_THAT(find("bar.sync 0, 40;"),
              HasSubstr("divergent-barrier: a barrier of 40 threads, which is no multiple"));
}
// Those that have ended are not missed.
TEST(PlantedStalls, ExitsAreNoStall) {
  EXPECT_EQ(
      find("setp.ge.u32 %p0, %t, 40;\n@%p0 ret;\nbar.sync 0;\nbar.red.popc.u32 %r0, 0, %p0;\n", 96),
      "");
}

TEST(PlantedStalls, StuckLanesWholeMessage) {
  EXPECT_EQ(
      find(halves("vote.sync.ballot.b32 %r0, 1, 0xffffffff;", "bar.warp.sync 0xffffffff;")),
      "ptxsim: stuck-lanes: lanes 0x0000ffff of the warp wait here for lanes 0xffff0000, which "
      "stand at line 21: bar.warp.sync 0xffffffff\n"
      "  kernel test, PTX line 18: vote.sync.ballot.b32 %r0, 1, 0xffffffff\n"
      "  block (0,0,0), thread (0,0,0)\n");
}
TEST(PlantedStalls, TeamsThatNameOneAnotherInVain) {
  EXPECT_THAT(find("setp.lt.u32 %p0, %t, 4;\nselp.u32 %r1, 0xff, 0xffffffff, %p0;\n"
                   "redux.sync.add.u32 %r0, %t, %r1;"),
              HasSubstr("stuck-lanes: lanes 0xffffffff of the warp wait here for each other by "
                        "member masks that do not agree\n"));
}
TEST(PlantedStalls, ALaneOutsideItsOwnMask) {
  EXPECT_THAT(find("redux.sync.add.u32 %r0, %t, 0x7fffffff;"),
              HasSubstr("stuck-lanes: the lane is not in its own member mask\n  kernel test, PTX "
                        "line 16: redux.sync.add.u32 %r0, %t, 0x7fffffff\n  block (0,0,0), thread "
                        "(31,0,0)\n"));
}
TEST(PlantedStalls, AShuffleFromALaneThatDoesNotTakePart) {
  EXPECT_THAT(find(halves("shfl.sync.idx.b32 %r0, %t, 20, 31, 0x0000ffff;", "")),
              HasSubstr("stuck-lanes: the lane reads lane 20, which does not take part\n"));
}

TEST(PlantedStalls, EndlessLoopWholeMessage) {
  ASSERT_TRUE(kBudgetIsSet);
  EXPECT_EQ(
      find("again:\nadd.u32 %r0, %r0, 1;\nsetp.ne.u32 %p0, %t, 5;\n@%p0 bra done;\nbra again;\n"
           "done:\n"),
      "ptxsim: endless-loop: the warp has run 200000 instructions and has not ended; "
      "PTXSIM_BUDGET allows more\n"
      "  kernel test, PTX line 20: bra again\n"
      "  block (0,0,0), thread (5,0,0)\n");
}
// Two warps that wait for each other in loops are endless too.
TEST(PlantedStalls, WarpsThatWaitForEachOther) {
  EXPECT_THAT(find("again:\nld.volatile.global.u32 %r0, [%all];\nsetp.eq.u32 %p0, %r0, 0;\n"
                   "@%p0 bra again;\nst.global.u32 [%all], 1;\n",
                   64),
              HasSubstr("endless-loop"));
}
TEST(PlantedStalls, ALongLoopEnds) {
  EXPECT_EQ(find("mov.u32 %r0, 0;\nagain:\nadd.u32 %r0, %r0, 1;\nsetp.lt.u32 %p0, %r0, 60000;\n"
                 "@%p0 bra again;\n",
                 64),
            "");
}

}  // namespace
}  // namespace ptxsim
