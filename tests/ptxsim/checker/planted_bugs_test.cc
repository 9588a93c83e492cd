// One planted bug for each way to touch device memory wrongly, each caught with a message that
// names kernel, line, block, thread, address and allocation; and their correct neighbours, which
// are no findings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

// A kernel whose second thread of three, in the second block of two, executes the instruction, with
// buffers at %a and %b.
std::string kernel_text(const std::string& instruction) {
  return R"(.version 9.0
.target sm_100a
.address_size 64
.entry planted(.param .u64 a, .param .u64 b)
{
.reg .pred %p<4>;
.reg .b16 %h<4>;
.reg .b32 %r<8>;
.reg .b64 %a, %b, %d<4>;
ld.param.u64 %a, [a];
ld.param.u64 %b, [b];
mov.u32 %r0, %tid.x;
setp.eq.u32 %p0, %r0, 1;
mov.u32 %r1, %ctaid.x;
setp.eq.and.u32 %p0, %r1, 1, %p0;
@!%p0 ret;
)" + instruction +
         "\nret;\n}\n";
}

class PlantedBugs : public testing::Test {
 protected:
  // The finding's text, empty where there is none.
  std::string run(const std::string& instruction) {
    const std::string wrong = machine_.load(kernel_text(instruction));
    EXPECT_EQ(wrong, "");
    machine_.launch("planted", 2, 3, {a_, b_});
    code_ = machine_.complete();
    EXPECT_EQ(code_ == CUDA_SUCCESS, machine_.findings().empty());
    return machine_.findings();
  }

  Machine machine_;
  uint64_t a_ = machine_.zeros(64), b_ = machine_.zeros(64);
  CUresult code_ = CUDA_SUCCESS;
};

TEST_F(PlantedBugs, OutOfBoundsWholeMessage) {
  EXPECT_THAT(
      run("st.global.u32 [%a+64], 1;"),
      MatchesRegex("ptxsim: out-of-bounds: store of 4 bytes at 0x[0-9a-f]+40, right past the "
                   "end of allocation #1 \\(64 bytes at 0x[0-9a-f]+00, a test's buffer\\)\n"
                   "  kernel planted, PTX line 17: st.global.u32 \\[%a\\+64\\], 1\n"
                   "  block \\(1,0,0\\), thread \\(1,0,0\\)\n"));
  EXPECT_EQ(code_, CUDA_ERROR_ILLEGAL_ADDRESS);
}

TEST_F(PlantedBugs, LastBytesAreFine) {
  EXPECT_EQ(run("st.global.u32 [%a+60], 1;\nld.global.v4.u32 {%r2, %r3, %r4, %r5}, [%a+48];\n"
                "atom.global.add.u32 %r2, [%a+60], 1;\nst.global.u8 [%a+63], 1;"),
            "");
}

TEST_F(PlantedBugs, OneBytePastTheEnd) {
  EXPECT_THAT(run("ld.global.u8 %r2, [%a+64];"), HasSubstr("out-of-bounds: load of 1 byte at 0x"));
}
// Also where the next allocation might begin.
TEST_F(PlantedBugs, OneBytePastTheEndOfAWholeUnit) {
  a_ = machine_.zeros(512) + 512 - 64;
  machine_.zeros(64);
  EXPECT_THAT(run("ld.global.u8 %r2, [%a+64];"), HasSubstr("right past the end of allocation #3"));
}
TEST_F(PlantedBugs, AtomicPastTheEnd) {
  EXPECT_THAT(run("red.global.add.u32 [%a+64], 1;"),
              HasSubstr("out-of-bounds: atomic of 4 bytes at 0x"));
}
TEST_F(PlantedBugs, FarPastTheEnd) {
  EXPECT_THAT(run("ld.global.u8 %r2, [%b+1000000];"),
              HasSubstr(", 999936 bytes past the end of allocation #2 ("));
}
TEST_F(PlantedBugs, VectorAcrossTheEnd) {
  a_ = machine_.zeros(40);
  EXPECT_THAT(run("ld.global.v4.u32 {%r2, %r3, %r4, %r5}, [%a+32];"),
              HasSubstr("load of 16 bytes at 0x"));
  EXPECT_THAT(machine_.findings(),
              HasSubstr("across the end, from offset 32 of allocation #3 (40"));
}
TEST_F(PlantedBugs, BeforeTheBeginning) {
  EXPECT_THAT(run("st.global.u32 [%b+-4], 1;"),
              HasSubstr(", 4 bytes before allocation #2 (64 bytes"));
}
TEST_F(PlantedBugs, BetweenAllocations) {
  EXPECT_THAT(run("ld.u32 %r2, [%a+128];"), HasSubstr("out-of-bounds: load of 4 bytes at 0x"));
  EXPECT_THAT(machine_.findings(), HasSubstr(", 64 bytes past the end of allocation #1"));
}
TEST_F(PlantedBugs, NullPointer) {
  a_ = 0;
  EXPECT_THAT(run("ld.global.u32 %r2, [%a+8];"),
              HasSubstr("out-of-bounds: load of 4 bytes at 0x8, near no allocation\n"));
}
TEST_F(PlantedBugs, MemoryOfAnotherDevice) {
  a_ = machine_.of_device(64, 1);
  EXPECT_THAT(run("st.global.u32 [%a], 1;"),
              HasSubstr(": it is memory of device 1, the kernel runs on 0\n"));
}
TEST_F(PlantedBugs, BeyondTheParameters) {
  EXPECT_THAT(run("ld.param.u64 %d0, [b+8];"),
              HasSubstr("out-of-bounds: load of 8 bytes at offset 16 of the parameters, of which "
                        "there are 16 bytes\n"));
}

TEST_F(PlantedBugs, UseAfterFree) {
  machine_.release(a_);
  EXPECT_THAT(run("ld.global.u32 %r2, [%a+4];"),
              MatchesRegex("ptxsim: use-after-free: load of 4 bytes at 0x[0-9a-f]+04, offset 4 of "
                           "freed allocation #1 \\(64 bytes at 0x[0-9a-f]+00, a test's buffer\\)\n"
                           "  kernel planted, PTX line 17: ld.global.u32 %r2, \\[%a\\+4\\]\n"
                           "  block \\(1,0,0\\), thread \\(1,0,0\\)\n"));
  EXPECT_EQ(code_, CUDA_ERROR_ILLEGAL_ADDRESS);
}
TEST_F(PlantedBugs, StoreAfterFree) {
  machine_.release(a_);
  EXPECT_THAT(run("st.global.u32 [%a], 1;"), HasSubstr("use-after-free: store of 4 bytes"));
}
TEST_F(PlantedBugs, AtomicAfterFree) {
  machine_.release(a_);
  EXPECT_THAT(run("atom.global.exch.b32 %r2, [%a], 1;"), HasSubstr("use-after-free: atomic of 4"));
}
// An address is not used again: another allocation of that size doesn't make the old pointer good.
TEST_F(PlantedBugs, UseAfterFreeWithAnotherAllocationSince) {
  machine_.release(a_);
  machine_.zeros(64);
  EXPECT_THAT(run("ld.global.u32 %r2, [%a];"), HasSubstr("use-after-free"));
}

TEST_F(PlantedBugs, Misaligned) {
  EXPECT_THAT(run("ld.global.v2.u32 {%r2, %r3}, [%a+4];"),
              MatchesRegex("ptxsim: misaligned: load of 8 bytes at 0x[0-9a-f]+04, offset 4 of "
                           "allocation #1 \\(64 bytes at 0x[0-9a-f]+00, a test's buffer\\): the "
                           "address is no multiple of 8\n  kernel planted, PTX line 17: .*\n"
                           "  block \\(1,0,0\\), thread \\(1,0,0\\)\n"));
  EXPECT_EQ(code_, CUDA_ERROR_MISALIGNED_ADDRESS);
}
TEST_F(PlantedBugs, MisalignedStore) {
  EXPECT_THAT(run("st.global.u16 [%a+3], %h0;"), HasSubstr("misaligned: store of 2 bytes"));
}
TEST_F(PlantedBugs, MisalignedAtomic) {
  EXPECT_THAT(run("red.global.add.u64 [%a+4], %d0;"), HasSubstr("misaligned: atomic of 8 bytes"));
}
TEST_F(PlantedBugs, MisalignedLocal) {
  EXPECT_THAT(run(".local .align 8 .b8 own[16];\nst.local.u32 [own+2], %r0;"),
              HasSubstr("misaligned: store of 4 bytes at offset 2 of local memory"));
}
TEST_F(PlantedBugs, BeyondLocalMemory) {
  EXPECT_THAT(run(".local .align 8 .b8 own[16];\nst.local.u32 [own+16], %r0;"),
              HasSubstr("out-of-bounds: store of 4 bytes at offset 16 of local memory, of which "
                        "there are 16 bytes"));
}

TEST_F(PlantedBugs, NeverWritten) {
  a_ = machine_.unwritten(64);
  EXPECT_THAT(
      run("ld.global.u16 %h0, [%a+6];"),
      MatchesRegex("ptxsim: never-written: load of 2 bytes at 0x[0-9a-f]+06, offset 6 of "
                   "allocation #3 \\(64 bytes at 0x[0-9a-f]+00, a test's buffer\\): byte 0 of "
                   "it was never written\n  kernel planted, PTX line 17: ld.global.u16 %h0, "
                   "\\[%a\\+6\\]\n  block \\(1,0,0\\), thread \\(1,0,0\\)\n"));
  EXPECT_EQ(code_, CUDA_ERROR_LAUNCH_FAILED);
}
TEST_F(PlantedBugs, OneByteOfAVectorNeverWritten) {
  a_ = machine_.unwritten(64);
  EXPECT_THAT(run("st.global.v2.u32 [%a], {1, 2};\nst.global.u32 [%a+8], 3;\n"
                  "st.global.u16 [%a+12], %h0;\nst.global.u8 [%a+15], %r0;\n"
                  "ld.global.v4.u32 {%r2, %r3, %r4, %r5}, [%a];"),
              HasSubstr(": byte 14 of it was never written\n"));
}
TEST_F(PlantedBugs, AtomicOnWhatWasNeverWritten) {
  a_ = machine_.unwritten(64);
  EXPECT_THAT(run("red.global.add.u32 [%a], 1;"), HasSubstr("never-written: atomic of 4 bytes"));
}
TEST_F(PlantedBugs, WhatWasWrittenCanBeRead) {
  a_ = machine_.unwritten(64);
  EXPECT_EQ(run("st.global.v4.u32 [%a], {1, 2, 3, 4};\nld.global.u8 %r2, [%a+15];\n"
                "ld.global.v2.u64 {%d0, %d1}, [%a];"),
            "");
}
TEST_F(PlantedBugs, SharedMemoryNeverWritten) {
  EXPECT_THAT(run(".shared .align 4 .b8 box[8];\nst.shared.u8 [box+4], 1;\n"
                  "ld.shared.u32 %r2, [box+4];"),
              HasSubstr("never-written: load of 4 bytes at offset 4 of shared memory: byte 1 of it "
                        "was never written\n"));
}
TEST_F(PlantedBugs, BeyondSharedMemory) {
  EXPECT_THAT(
      run(".shared .align 4 .b8 box[8];\nst.shared.u32 [box+8], 1;"),
      HasSubstr("out-of-bounds: store of 4 bytes at offset 8 of shared memory, of which the "
                "block has 8 bytes\n"));
}
TEST_F(PlantedBugs, MisalignedShared) {
  EXPECT_THAT(run(".shared .align 4 .b8 box[8];\nst.shared.u32 [box+2], 1;"),
              HasSubstr("misaligned: store of 4 bytes at offset 2 of shared memory: the offset is "
                        "no multiple of 4\n"));
}

TEST_F(PlantedBugs, Trap) {
  EXPECT_EQ(run("trap;"),
            "ptxsim: trap: the kernel ended itself\n  kernel planted, PTX line 17: trap\n"
            "  block (1,0,0), thread (1,0,0)\n");
  EXPECT_EQ(code_, CUDA_ERROR_LAUNCH_FAILED);
}

TEST_F(PlantedBugs, Breakpoint) {
  EXPECT_THAT(run("brkpt;"), HasSubstr("trap: the kernel ended itself\n"));
}

// The first finding is the context's error from then on, and nothing runs any more.
TEST_F(PlantedBugs, TheErrorStays) {
  run("trap;");
  ASSERT_EQ(machine_.load(kernel_text("st.global.u32 [%a], 1;")), "");
  EXPECT_EQ(machine_.launch("planted", 2, 3, {a_, b_}), CUDA_ERROR_LAUNCH_FAILED);
  EXPECT_EQ(machine_.read<uint32_t>(a_, 1), (std::vector<uint32_t>{0}));
}

}  // namespace
}  // namespace ptxsim
