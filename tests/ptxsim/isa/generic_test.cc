// Generic addresses and their windows, sinks, offsets, fences.
#include <gtest/gtest.h>

#include <set>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/run_kernel.h"

namespace ptxsim {
namespace {

using Words = std::vector<uint32_t>;

// A value written through a generic address of shared memory is read there, and the other way.
TEST(Generic, WindowOfSharedMemory) {
  const KernelText kernel{R"(
mov.u64 %d0, box;
cvta.shared.u64 %d1, %d0;
st.u32 [%d1+8], 17;
ld.shared.u32 %r0, [box+8];
st.shared.u32 [box+12], 18;
ld.u32 %r1, [%d1+12];
atom.add.u32 %r2, [%d1+8], 5;
cvta.to.shared.u64 %d2, %d1;
ld.shared.u32 %r3, [%d2+8];
st.global.v4.u32 [%out], {%r0, %r1, %r2, %r3};
)",
                          4, ".shared .align 16 .b8 pad[32];\n.shared .align 16 .b8 box[64];\n"};
  EXPECT_EQ(run_kernel(kernel, {1, 1}), (Words{17, 18, 17, 22}));
}

// Each thread has its own.
TEST(Generic, WindowOfLocalMemory) {
  const KernelText kernel{R"(
mov.u64 %d0, box;
cvta.local.u64 %d1, %d0;
st.u32 [%d1+4], %g;
ld.local.u32 %r0, [box+4];
add.u32 %r0, %r0, 100;
st.local.u32 [box+4], %r0;
cvta.to.local.u64 %d2, %d1;
setp.eq.u64 %p0, %d0, %d2;
selp.u32 %r2, 1, 0, %p0;
ld.u32 %r1, [%d1+4];
st.global.v2.u32 [%out], {%r1, %r2};
)",
                          2, ".local .align 16 .b8 pad[16];\n.local .align 16 .b8 box[64];\n"};
  const Words words = run_kernel(kernel, {2, 40});
  ASSERT_EQ(words.size(), 160u);
  for (uint32_t i = 0; i < 80; ++i) {
    EXPECT_EQ(words[2 * i], i + 100);
    EXPECT_EQ(words[2 * i + 1], 1u);
  }
}

// Global and const memory are their own generic addresses, either way.
TEST(Generic, GlobalAndConstAddressesAreThemselves) {
  const KernelText kernel{R"(
cvta.global.u64 %d0, %out;
st.u32 [%d0], 3;
cvta.to.global.u64 %d1, %d0;
ld.global.u32 %r0, [%d1];
mov.u64 %d2, table;
cvta.const.u64 %d3, %d2;
ld.u32 %r1, [%d3+4];
cvta.to.const.u64 %d4, %d3;
ld.const.u32 %r2, [%d4+8];
add.u32 %r0, %r0, 100;
st.global.v4.u32 [%out], {%r0, %r1, %r2, 0};
)",
                          4, "", ".const .align 4 .u32 table[3] = {7, 8, 9};\n"};
  EXPECT_EQ(run_kernel(kernel, {1, 1}), (Words{103, 8, 9, 0}));
}

TEST(Generic, EveryConversionHasATest) {
  const std::set<std::string> tested = {
      "cvta.global.u64",    "cvta.const.u64",    "cvta.shared.u64",    "cvta.local.u64",
      "cvta.to.global.u64", "cvta.to.const.u64", "cvta.to.shared.u64", "cvta.to.local.u64"};
  for (const isa::Row& row : isa::memory_rows()) {
    const std::string opcode = parts_of(row.mnemonic)[0];
    if (opcode == "cvta") {
      EXPECT_TRUE(tested.contains(row.mnemonic)) << "no test of " << row.mnemonic;
    } else {
      EXPECT_TRUE(
          (std::set<std::string>{"ld", "st", "membar", "fence", "prefetch"}.contains(opcode)))
          << "no test of " << row.mnemonic;
    }
  }
}

TEST(Generic, ElementsThatNobodyWants) {
  const KernelText kernel{R"(
st.global.v4.u32 [%out], {1, 2, 3, 4};
ld.global.v4.u32 {_, %r1, _, %r3}, [%out];
ld.global.v2.u32 {%r2, _}, [%out+8];
mov.u32 %r0, 9;
st.global.v4.u32 [%out], {%r0, %r1, %r2, %r3};
)",
                          4};
  EXPECT_EQ(run_kernel(kernel, {1, 1}), (Words{9, 2, 3, 4}));
}

// Cache hints, orders and scopes change nothing.
TEST(Generic, Hints) {
  const KernelText kernel{R"(
st.global.cg.L1::no_allocate.u32 [%out], 1;
st.release.gpu.global.u32 [%out+4], 2;
st.volatile.global.u32 [%out+8], 3;
ld.global.nc.L1::evict_last.L2::128B.u32 %r0, [%out];
ld.acquire.gpu.global.u32 %r1, [%out+4];
ld.relaxed.sys.global.u32 %r2, [%out+8];
atom.acq_rel.gpu.global.add.u32 %r3, [%out+8], 1;
red.relaxed.cta.global.add.u32 [%out+8], 1;
add.u32 %r0, %r0, %r1;
add.u32 %r0, %r0, %r2;
st.global.wt.u32 [%out], %r0;
)",
                          4};
  EXPECT_EQ(run_kernel(kernel, {1, 1}), (Words{6, 2, 5, 0}));
}

// They are executed, and change nothing.
TEST(Generic, FencesAndPrefetches) {
  KernelText kernel{"mov.u32 %r0, 5;\n"};
  int rows = 0;
  for (const isa::Row& row : isa::memory_rows()) {
    const std::string opcode = parts_of(row.mnemonic)[0];
    if (opcode != "membar" && opcode != "fence" && opcode != "prefetch") continue;
    kernel.body += row.mnemonic + (row.operands.empty() ? "" : " [%out]") + ";\n";
    ++rows;
  }
  kernel.body += "st.global.u32 [%out], %r0;\n";
  EXPECT_GT(rows, 5);
  EXPECT_EQ(run_kernel(kernel, {1, 2}), (Words{5, 5}));
}

}  // namespace
}  // namespace ptxsim
