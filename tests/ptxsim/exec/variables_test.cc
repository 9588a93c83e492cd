// Variables of a module: where they are, and what stands in them at the start.
#include <gtest/gtest.h>

#include "tests/ptxsim/testing/machine.h"
#include "tests/ptxsim/testing/run_kernel.h"

namespace ptxsim {
namespace {

using Words = std::vector<uint32_t>;

TEST(Variables, InitialValues) {
  const KernelText kernel{R"(
ld.const.u8 %r0, [bytes+2];
ld.const.u16 %r1, [halves+2];
ld.global.u32 %r2, [words+8];
ld.global.u32 %r3, [words+12];
ld.const.f32 %r4, [number];
ld.global.u32 %r5, [nothing];
mov.u64 %d0, words;
ld.global.u32 %r6, [%d0+4];
st.global.v4.u32 [%out], {%r0, %r1, %r2, %r3};
st.global.v4.u32 [%out+16], {%r4, %r5, %r6, 0};
)",
                          8, "", R"(
.const .align 1 .b8 bytes[4] = {1, 2, 250};
.const .align 2 .u16 halves[2] = {1, 0xFFFE};
.global .align 16 .u32 words[4] = {10, 11, 12};
.const .f32 number = 0f3FC00000;
.global .u32 nothing;
)"};
  EXPECT_EQ(run_kernel(kernel, {1, 1}), (Words{250, 0xFFFE, 12, 0, 0x3FC00000, 0, 11, 0}));
}

// An initial value may be another variable's address, which a load of it then leads to.
TEST(Variables, AddressesOfOthers) {
  const KernelText kernel{R"(
ld.global.u64 %d0, [pointers+8];
ld.global.u32 %r0, [%d0];
ld.global.u64 %d1, [pointers];
ld.u32 %r1, [%d1];
ld.const.u64 %d2, [behind];
ld.u32 %r2, [%d2];
st.global.v4.u32 [%out], {%r0, %r1, %r2, 0};
)",
                          4, "", R"(
.global .align 4 .u32 values[3] = {5, 6, 7};
.const .align 4 .u32 fixed = 8;
.global .align 8 .u64 pointers[2] = {fixed, values+4};
.const .align 8 .u64 behind = generic(values)+8;
)"};
  EXPECT_EQ(run_kernel(kernel, {1, 1}), (Words{6, 8, 7, 0}));
}

// What a kernel leaves in a global variable is there for the host and for the next kernel.
TEST(Variables, GlobalsOutliveAKernel) {
  Machine machine;
  ASSERT_EQ(machine.load(text_of({"red.global.add.u32 [counter], 1;", 1, "",
                                  ".visible .global .u32 counter = 40;\n"})),
            "");
  const uint64_t out = machine.zeros(4);
  machine.launch("test", 1, 1, {out});
  machine.launch("test", 1, 1, {out});
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  ASSERT_EQ(machine.module().globals.size(), 1u);
  EXPECT_EQ(machine.module().globals[0].name, "counter");
  EXPECT_EQ(machine.module().globals[0].bytes, 4u);
  EXPECT_EQ(machine.read<uint32_t>(machine.module().globals[0].address, 1), (Words{42}));
}

// Static shared variables have their alignment; dynamic ones lie behind them.
TEST(Variables, SharedMemory) {
  const KernelText kernel{R"(
mov.u64 %d0, first;
mov.u64 %d1, second;
mov.u64 %d2, dynamic;
cvt.u32.u64 %r0, %d0;
cvt.u32.u64 %r1, %d1;
cvt.u32.u64 %r2, %d2;
st.shared.u32 [dynamic+60], 9;
ld.shared.u32 %r3, [dynamic+60];
rem.u32 %r1, %r1, 16;
st.global.v4.u32 [%out], {%r0, %r1, %r2, %r3};
)",
                          4, ".shared .align 1 .b8 first[3];\n.shared .align 16 .b8 second[16];\n",
                          ".extern .shared .align 16 .b8 dynamic[];\n"};
  const Words words = run_kernel(kernel, {1, 1, 64});
  ASSERT_EQ(words.size(), 4u);
  EXPECT_EQ(words[1], 0u);
  EXPECT_GE(words[2], 19u);
  EXPECT_EQ(words[2] % 16, 0u);
  EXPECT_EQ(words[3], 9u);
}

// A function's shared variable is one, however often it is called; what a kernel cannot reach takes
// no room in its block.
TEST(Variables, SharedMemoryOfFunctions) {
  const std::string module = R"(
.shared .align 4 .b8 unused[400];
.shared .align 4 .b8 used[40];
.func (.param .b32 result) count(.param .b32 by)
{
.shared .align 4 .u32 total;
.reg .pred %q;
.reg .b32 %x, %y;
ld.param.b32 %x, [by];
setp.eq.u32 %q, %x, 0;
@%q st.shared.u32 [total], 0;
ld.shared.u32 %y, [total];
add.u32 %y, %y, %x;
st.shared.u32 [total], %y;
st.param.b32 [result], %y;
ret;
}
.func never_called()
{
.shared .align 4 .b8 mine[1000];
st.shared.u32 [mine], 1;
ret;
}
)";
  std::string body = "st.shared.u32 [used], 5;\n";
  for (const char* by : {"0", "3", "4"}) {
    body += "{\n.param .b32 p;\n.param .b32 r;\nst.param.b32 [p], " + std::string(by) +
            ";\ncall (r), count, (p);\nld.param.b32 %r0, [r];\n}\n";
  }
  body += "mov.u32 %r1, %total_smem_size;\nst.global.v2.u32 [%out], {%r0, %r1};\n";
  EXPECT_EQ(run_kernel({body, 2, "", module}, {1, 1}), (Words{7, 44}));
}

// A kernel's own parameters, one after the other at their alignments.
TEST(Variables, Parameters) {
  Machine machine;
  ASSERT_EQ(machine.load(R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 out, .param .u8 small, .param .align 8 .b8 box[16], .param .u16 half,
            .param .u32 word)
{
.reg .b32 %r<8>;
.reg .b64 %out, %x;
ld.param.u64 %out, [out];
ld.param.u8 %r0, [small];
ld.param.u64 %x, [box+8];
ld.param.u16 %r1, [half];
ld.param.u32 %r2, [word];
cvt.u32.u64 %r3, %x;
st.global.v4.u32 [%out], {%r0, %r1, %r2, %r3};
ret;
}
)"),
            "");
  const Kernel& kernel = *machine.module().kernels[0];
  EXPECT_EQ(kernel.parameter_offsets, (Words{0, 8, 16, 32, 36}));
  EXPECT_EQ(kernel.parameter_bytes, (Words{8, 1, 16, 2, 4}));
  const uint64_t out = machine.zeros(16);
  machine.launch("test", 1, 1, {out, 0xFF07, 1, 44, 0x0000006500000302});
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  EXPECT_EQ(machine.read<uint32_t>(out, 4), (Words{7, 0x302, 0x65, 44}));
}

}  // namespace
}  // namespace ptxsim
