// Planted races: threads that touch one byte in no order, in device and in shared memory; and what
// orders them, which is no finding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/testing/machine.h"
#include "tests/ptxsim/testing/run_kernel.h"

namespace ptxsim {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

std::string find(const std::string& body, const RunShape& shape) {
  const Finding finding = run_and_find({body}, shape);
  EXPECT_EQ(finding.code == CUDA_SUCCESS, finding.text.empty());
  return finding.text;
}

TEST(PlantedRaces, TwoThreadsOfABlockStoreDifferentValues) {
  EXPECT_THAT(
      find("add.u32 %r0, %t, 7;\nst.global.u32 [%all], %r0;", {1, 2}),
      MatchesRegex("ptxsim: write-conflict: store of 4 bytes at 0x[0-9a-f]+, offset 0 of "
                   "allocation #1 \\(8 bytes at 0x[0-9a-f]+, a test's buffer\\): thread 0 of "
                   "block 0 wrote 0x7 to byte 0, in no order with this thread, which writes "
                   "0x8\n  kernel test, PTX line 17: st.global.u32 \\[%all\\], %r0\n"
                   "  block \\(0,0,0\\), thread \\(1,0,0\\)\n"));
}
TEST(PlantedRaces, TwoBlocksStoreDifferentValues) {
  EXPECT_THAT(find("mov.u32 %r0, %ctaid.x;\nst.global.u32 [%all], %r0;", {2, 1}),
              HasSubstr("write-conflict: store of 4 bytes"));
}
TEST(PlantedRaces, OneByteOfTwoOverlappingStores) {
  EXPECT_THAT(find("setp.eq.u32 %p0, %t, 0;\n@%p0 st.global.u32 [%all], 0x01020304;\n"
                   "@!%p0 st.global.u8 [%all+2], 9;",
                   {1, 2}),
              HasSubstr(": thread 0 of block 0 wrote 0x2 to byte 0, in no order with this thread, "
                        "which writes 0x9\n"));
}
TEST(PlantedRaces, OneValueByManyThreadsIsNoConflict) {
  EXPECT_EQ(find("st.global.u32 [%all], 5;", {4, 64}), "");
}
TEST(PlantedRaces, NeighbouringBytesAreNoConflict) {
  EXPECT_EQ(find("cvt.u64.u32 %d0, %g;\nadd.u64 %d0, %all, %d0;\nst.global.u8 [%d0], %t;", {4, 64}),
            "");
}
TEST(PlantedRaces, OneThreadMayStoreAgain) {
  EXPECT_EQ(find("st.global.u32 [%out], 1;\nst.global.u32 [%out], 2;", {2, 64}), "");
}
TEST(PlantedRaces, AtomicsAreNoConflict) {
  EXPECT_EQ(
      find("red.global.add.u32 [%all], %t;\natom.global.exch.b32 %r0, [%all+4], %t;", {4, 64}), "");
}
// The last block to come resets the counter that all have counted with.
TEST(PlantedRaces, AStoreThatATicketOrders) {
  EXPECT_EQ(find("atom.global.inc.u32 %r0, [%all], 1000;\nsetp.eq.u32 %p0, %r0, 7;\n"
                 "@%p0 st.global.u32 [%all], 500;",
                 {8, 1}),
            "");
}

// A store after atomics of others may have been ordered by what they returned.
TEST(PlantedRaces, AStoreAfterAtomics) {
  EXPECT_EQ(find("red.global.add.u32 [%all+4], 1;\nsetp.eq.u32 %p0, %t, 0;\n"
                 "@%p0 st.global.u32 [%all+4], 500;",
                 {1, 32}),
            "");
}

// Thread 0 stores 1, `between`, thread 32 stores 2.
std::string after_another_warp(const std::string& between, uint32_t threads = 64) {
  return find(
      "setp.eq.u32 %p0, %t, 0;\nsetp.eq.u32 %p1, %t, 32;\nsetp.lt.u32 %p2, %t, 64;\n"
      "@%p0 st.global.u32 [%all], 1;\n" +
          between + "\n@%p1 st.global.u32 [%all], 2;",
      {1, threads});
}
TEST(PlantedRaces, BarriersOrderStores) {
  EXPECT_THAT(after_another_warp(""), HasSubstr("write-conflict"));
  EXPECT_EQ(after_another_warp("bar.sync 0;"), "");
  EXPECT_EQ(after_another_warp("bar.sync 2, 64;"), "");
  EXPECT_THAT(after_another_warp("bar.warp.sync 0xffffffff;"), HasSubstr("write-conflict"));
}
TEST(PlantedRaces, ABarrierOrdersOnlyThoseThatTakePart) {
  EXPECT_THAT(after_another_warp("setp.lt.u32 %p3, %t, 32;\n@!%p3 bra B;\nbar.sync 1, 32;\nB:\n"),
              HasSubstr("write-conflict"));
  EXPECT_EQ(after_another_warp("@%p2 bra B;\nbra C;\nB:\nbar.sync 1, 64;\nC:\n", 96), "");
}
// Each launch may store what it likes where another one did.
TEST(PlantedRaces, LaunchesAreInOrder) {
  Machine machine;
  ASSERT_EQ(machine.load(text_of({"mov.u64 %d0, %gridid;\nst.global.u64 [%all], %d0;", 2})), "");
  const uint64_t out = machine.zeros(8 * 64);
  machine.launch("test", 2, 32, {out});
  machine.launch("test", 2, 32, {out});
  EXPECT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
}

constexpr const char* kBox = ".shared .align 8 .b8 box[1024];\n";

std::string find_shared(const std::string& body, uint32_t threads) {
  const Finding finding = run_and_find({body, 1, kBox}, {1, threads});
  EXPECT_EQ(finding.code == CUDA_SUCCESS, finding.text.empty());
  return finding.text;
}

// Of threads 0 and `other`, and a box that thread 0 has filled before a barrier.
std::string pair_of(const std::string& first, const std::string& between, const std::string& second,
                    uint32_t other) {
  return find_shared("setp.eq.u32 %p0, %t, 0;\nsetp.eq.u32 %p1, %t, " + std::to_string(other) +
                         ";\n@%p0 st.shared.u64 [box], 0;\nbar.sync 0;\n@%p0 " + first + "\n" +
                         between + "\n@%p1 " + second,
                     64);
}
constexpr const char* kLoad = "ld.shared.u32 %r0, [box];";
constexpr const char* kStore = "st.shared.u32 [box], %t;";
constexpr const char* kStoreOther = "st.shared.u16 [box+2], 77;";
constexpr const char* kAdd = "red.shared.add.u32 [box], 1;";

TEST(PlantedRaces, SharedMemoryWholeMessage) {
  EXPECT_THAT(
      pair_of(kStore, "", kLoad, 40),
      MatchesRegex("ptxsim: shared-race: load of 4 bytes at offset 0 of shared memory: thread 0 of "
                   "block 0 wrote byte 0 of it, with no barrier between the two\n"
                   "  kernel test, PTX line 23: @%p1 ld.shared.u32 %r0, \\[box\\]\n"
                   "  block \\(0,0,0\\), thread \\(40,0,0\\)\n"));
}
TEST(PlantedRaces, EachKindInSharedMemory) {
  for (uint32_t other : {1, 40}) {
    EXPECT_THAT(pair_of(kStore, "", kLoad, other), HasSubstr("thread 0 of block 0 wrote")) << other;
    EXPECT_THAT(pair_of(kLoad, "", kStore, other), HasSubstr("thread 0 of block 0 read")) << other;
    EXPECT_THAT(pair_of(kStore, "", kStoreOther, other), HasSubstr("store of 2 bytes at offset 2"))
        << other;
    EXPECT_THAT(pair_of(kAdd, "", kLoad, other), HasSubstr("shared-race: load")) << other;
    EXPECT_THAT(pair_of(kLoad, "", kAdd, other), HasSubstr("shared-race: atomic")) << other;
    EXPECT_EQ(pair_of(kLoad, "", kLoad, other), "") << other;
    EXPECT_EQ(pair_of(kAdd, "", kAdd, other), "") << other;
    EXPECT_EQ(pair_of(kStoreOther, "", kStoreOther, other), "") << "one value, " << other;
  }
}
TEST(PlantedRaces, BarriersOrderSharedMemory) {
  for (const char* first : {kLoad, kStore, kAdd}) {
    for (const char* second : {kLoad, kStore, kAdd}) {
      EXPECT_EQ(pair_of(first, "bar.sync 0;", second, 40), "");
      EXPECT_EQ(pair_of(first, "bar.warp.sync 0xffffffff;", second, 1), "");
    }
  }
  EXPECT_THAT(pair_of(kStore, "bar.warp.sync 0xffffffff;", kLoad, 40), HasSubstr("shared-race"));
  // Nor does an exchange of registers order memory.
  EXPECT_THAT(pair_of(kStore, "shfl.sync.idx.b32 %r1, %t, 0, 31, 0xffffffff;", kLoad, 1),
              HasSubstr("shared-race"));
}
// The reader that a writer races with is found though the writer has read the byte too, later.
TEST(PlantedRaces, AWriterThatIsAReaderToo) {
  EXPECT_THAT(find_shared("setp.eq.u32 %p0, %t, 0;\n@%p0 st.shared.u32 [box], 0;\nbar.sync 0;\n"
                          "ld.shared.u32 %r0, [box];\nsetp.eq.u32 %p1, %t, 63;\n"
                          "@%p1 st.shared.u32 [box], 1;",
                          64),
              HasSubstr("shared-race: store"));
  EXPECT_THAT(find_shared("setp.eq.u32 %p0, %t, 0;\n@%p0 st.shared.u32 [box], 0;\nbar.sync 0;\n"
                          "ld.shared.u32 %r0, [box];\n@%p0 st.shared.u32 [box], 1;",
                          32),
              HasSubstr("shared-race: store"));
}
// Who only arrives has not seen what the others did before.
TEST(PlantedRaces, AnArrivalOrdersOneWay) {
  const std::string start = R"(
setp.ge.u32 %p0, %t, 32;
mul.wide.u32 %d1, %t, 4;
mov.u64 %d0, box;
add.u64 %d1, %d0, %d1;
@%p0 bra consumer;
st.shared.u32 [%d1], 5;
bar.arrive 1, 64;
)";
  const std::string rest = R"(
ret;
consumer:
bar.sync 1, 64;
ld.shared.u32 %r0, [%d1+-128];
)";
  EXPECT_EQ(find_shared(start + rest, 64), "");
  EXPECT_THAT(find_shared(start + "st.shared.u32 [%d1], 6;" + rest, 64), HasSubstr("shared-race"));
}

}  // namespace
}  // namespace ptxsim
