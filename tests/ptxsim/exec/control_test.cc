// Branches, divergence and reconvergence.
#include <gtest/gtest.h>

#include <set>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/run_kernel.h"

namespace ptxsim {
namespace {

using Words = std::vector<uint32_t>;

// The sum of 0 … t, by as many rounds as the lane's number says.
TEST(Control, LoopsOfDifferentLengthInEachLane) {
  const Words sums = run_kernel({R"(
mov.u32 %r0, 0;
mov.u32 %r1, 0;
again:
add.u32 %r1, %r1, %r0;
add.u32 %r0, %r0, 1;
setp.le.u32 %p0, %r0, %t;
@%p0 bra again;
st.global.u32 [%out], %r1;
)"},
                                {1, 50});
  ASSERT_EQ(sums.size(), 50u);
  for (uint32_t i = 0; i < 50; ++i) EXPECT_EQ(sums[i], i * (i + 1) / 2);
}

// Which lanes are together in each arm of two nested conditions, and after each.
TEST(Control, NestedDivergenceMeetsAgain) {
  const Words masks = run_kernel({R"(
and.b32 %r0, %t, 1;
and.b32 %r1, %t, 2;
setp.eq.u32 %p0, %r0, 0;
setp.eq.u32 %p1, %r1, 0;
@%p0 bra even;
activemask.b32 %r2;
mov.u32 %r3, 0;
bra met;
even:
@%p1 bra quarter;
activemask.b32 %r2;
bra halves;
quarter:
activemask.b32 %r2;
halves:
activemask.b32 %r3;
met:
activemask.b32 %r4;
vote.sync.ballot.b32 %r5, %p0, 0xffffffff;
st.global.v4.u32 [%out], {%r2, %r3, %r4, %r5};
)",
                                  4});
  ASSERT_EQ(masks.size(), 128u);
  for (uint32_t i = 0; i < 32; ++i) {
    const uint32_t arms[] = {0x11111111, 0xAAAAAAAA, 0x44444444, 0xAAAAAAAA};
    EXPECT_EQ(masks[4 * i], arms[i % 4]) << i;
    EXPECT_EQ(masks[4 * i + 1], i % 2 == 0 ? 0x55555555u : 0u) << i;
    EXPECT_EQ(masks[4 * i + 2], 0xFFFFFFFFu) << i;
    EXPECT_EQ(masks[4 * i + 3], 0x55555555u) << i;
  }
}

// Lanes that leave a loop early wait behind it for the others.
TEST(Control, LoopsEndTogether) {
  const Words masks = run_kernel({R"(
mov.u32 %r0, 0;
again:
add.u32 %r0, %r0, 1;
setp.lt.u32 %p0, %r0, %t;
@%p0 bra again;
activemask.b32 %r1;
st.global.u32 [%out], %r1;
)"});
  EXPECT_EQ(masks, Words(32, 0xFFFFFFFF));
}

// A loop that only some lanes leave by a branch in its middle, and the others at its end.
TEST(Control, TwoWaysOutOfALoop) {
  const Words rounds = run_kernel({R"(
mov.u32 %r0, 0;
and.b32 %r1, %t, 3;
again:
add.u32 %r0, %r0, 1;
setp.eq.u32 %p0, %r0, %r1;
@%p0 bra left;
setp.lt.u32 %p1, %r0, 10;
@%p1 bra again;
add.u32 %r0, %r0, 100;
left:
st.global.u32 [%out], %r0;
)"});
  ASSERT_EQ(rounds.size(), 32u);
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(rounds[i], i % 4 == 0 ? 110 : i % 4) << i;
}

TEST(Control, GuardsOfBothKinds) {
  const Words words = run_kernel({R"(
setp.lt.u32 %p0, %t, 10;
mov.u32 %r0, 1;
@%p0 mov.u32 %r0, 2;
@!%p0 add.u32 %r0, %r0, 10;
@!%p0 bra skip;
add.u32 %r0, %r0, 100;
skip:
st.global.u32 [%out], %r0;
)"});
  ASSERT_EQ(words.size(), 32u);
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(words[i], i < 10 ? 102u : 11u) << i;
}

TEST(Control, SomeLanesExitEarly) {
  const Words words = run_kernel({R"(
st.global.u32 [%out], 1;
and.b32 %r0, %t, 1;
setp.eq.u32 %p0, %r0, 0;
@%p0 exit;
activemask.b32 %r1;
st.global.u32 [%out], %r1;
)"});
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(words[i], i % 2 == 0 ? 1u : 0xAAAAAAAAu) << i;
}

// The last warp of a block may be incomplete; blocks and grids have three dimensions.
TEST(Control, BlocksOfOddSizes) {
  const Words words = run_kernel({R"(
activemask.b32 %r0;
mov.u32 %r1, %ntid.x;
mov.u32 %r2, %nctaid.x;
mov.u32 %r3, %ctaid.x;
st.global.v4.u32 [%out], {%r0, %r1, %r2, %r3};
)",
                                  4},
                                 {3, 45});
  ASSERT_EQ(words.size(), 3u * 45 * 4);
  for (uint32_t i = 0; i < 3 * 45; ++i) {
    const Words one(words.begin() + 4 * i, words.begin() + 4 * i + 4);
    EXPECT_EQ(one, (Words{i % 45 < 32 ? 0xFFFFFFFF : 0x1FFF, 45, 3, i / 45})) << i;
  }
}

// A warp that waits in a loop for what another one of its block writes later gets it.
TEST(Control, WarpsTakeTurns) {
  const Words words = run_kernel({R"(
setp.ge.u32 %p0, %t, 32;
@%p0 bra writer;
reader:
ld.volatile.global.u32 %r0, [%all+128];
setp.eq.u32 %p1, %r0, 0;
@%p1 bra reader;
st.global.u32 [%out], %r0;
ret;
writer:
setp.ne.u32 %p2, %t, 32;
@%p2 ret;
st.volatile.global.u32 [%all+128], 7;
)"},
                                 {1, 64});
  for (uint32_t i = 0; i < 33; ++i) EXPECT_EQ(words[i], 7u);
}

TEST(Control, UniformForms) {
  const Words words = run_kernel({R"(
mov.u32 %r0, 4;
bra.uni there;
mov.u32 %r0, 5;
there:
st.global.u32 [%out], %r0;
ret.uni;
)"});
  EXPECT_EQ(words, Words(32, 4));
}

TEST(Control, LaneAndWarpRegisters) {
  const Words words = run_kernel({R"(
mov.u32 %r0, %laneid;
mov.u32 %r1, %warpid;
mov.u32 %r2, %lanemask_lt;
mov.u32 %r3, %lanemask_ge;
st.global.v4.u32 [%out], {%r0, %r1, %r2, %r3};
)",
                                  4},
                                 {1, 70});
  for (uint32_t i = 0; i < 70; ++i) {
    const Words one(words.begin() + 4 * i, words.begin() + 4 * i + 4);
    const uint32_t lower = (1u << i % 32) - 1;
    EXPECT_EQ(one, (Words{i % 32, i / 32, lower, ~lower})) << i;
  }
}

// Barriers have theirs in barriers_test.cc, trap and griddepcontrol in checker/.
TEST(Control, EveryRowHasATest) {
  const std::set<std::string> tested = {"bra",
                                        "bra.uni",
                                        "ret",
                                        "ret.uni",
                                        "exit",
                                        "trap",
                                        "brkpt",
                                        "griddepcontrol.wait",
                                        "griddepcontrol.launch_dependents"};
  for (const isa::Row& row : isa::control_rows()) {
    EXPECT_TRUE(row.mnemonic.starts_with("bar") || tested.contains(row.mnemonic))
        << "no test of " << row.mnemonic;
  }
}

// Carry chains are not modelled: an add that ignored its carry would be a wrong result.
TEST(Control, WhatTheTableLacksIsAnErrorOfTheLoad) {
  for (const char* instruction :
       {"add.cc.u32 %r0, %r1, %r2;", "addc.u32 %r0, %r1, %r2;", "sub.cc.u32 %r0, %r1, %r2;",
        "subc.cc.u32 %r0, %r1, %r2;", "mad.lo.cc.u32 %r0, %r1, %r2, %r3;",
        "madc.hi.u32 %r0, %r1, %r2, %r3;", "mul24.lo.u32 %r0, %r1, %r2;",
        "barrier.red.popc.u32 %r0, 0, %p0;", "red.global.exch.b32 [%out], %r0;",
        "mov.u32 %r0, %clock;", "add.u32 %r0, %r1, %d0;", "add.u32 %r0, %r1;",
        "ld.global.v3.u32 {%r0, %r1, %r2}, [%out];", "setp.eq.u32 %r0, %r1, %r2;",
        "@%r0 mov.u32 %r1, 0;"}) {
    const std::string error = load_error({instruction});
    EXPECT_NE(error.find("line "), std::string::npos) << instruction << ": " << error;
    const std::string text =
        std::string(instruction).substr(0, std::string(instruction).size() - 1);
    EXPECT_NE(error.find(text.substr(0, text.find(' '))), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace ptxsim
