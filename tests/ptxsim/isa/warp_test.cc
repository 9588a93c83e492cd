// Votes, reductions, matches and elections among lanes, against the manual's definitions.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/lanes.h"
#include "tests/ptxsim/testing/machine.h"
#include "tests/ptxsim/testing/run_kernel.h"

namespace ptxsim {
namespace {

using isa::Role;

uint32_t mask_where(uint32_t team, const std::function<bool(uint32_t)>& is) {
  uint32_t mask = 0;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    if (holds(team, lane) && is(lane)) mask |= 1u << lane;
  }
  return mask;
}

LaneOracle vote_oracle(const std::string& mode) {
  return [mode](const Lanes& lanes, uint32_t team, uint32_t) {
    const uint32_t yes = mask_where(team, [&](uint32_t lane) { return (lanes[lane].a & 1) != 0; });
    if (mode == "ballot") return LaneResult{yes, 0};
    if (mode == "all") return LaneResult{kUntouched, yes == team};
    if (mode == "any") return LaneResult{kUntouched, yes != 0};
    return LaneResult{kUntouched, yes == team || yes == 0};
  };
}

LaneOracle reduction_oracle(const std::string& operation, bool is_signed) {
  return [=](const Lanes& lanes, uint32_t team, uint32_t) {
    std::vector<int64_t> values;
    for (uint32_t lane = 0; lane < 32; ++lane) {
      const auto bits = static_cast<uint32_t>(lanes[lane].a);
      if (!holds(team, lane)) continue;
      values.push_back(is_signed ? int64_t{static_cast<int32_t>(bits)} : int64_t{bits});
    }
    int64_t result = values[0];
    for (size_t i = 1; i < values.size(); ++i) {
      if (operation == "add") result += values[i];
      if (operation == "min") result = std::min(result, values[i]);
      if (operation == "max") result = std::max(result, values[i]);
      if (operation == "and") result &= values[i];
      if (operation == "or") result |= values[i];
      if (operation == "xor") result ^= values[i];
    }
    return LaneResult{static_cast<uint32_t>(result), 0};
  };
}

LaneOracle match_oracle(bool any, bool wide, bool says_whether) {
  return [=](const Lanes& lanes, uint32_t team, uint32_t lane) {
    const uint64_t width = wide ? ~uint64_t{0} : 0xFFFFFFFF;
    const uint32_t same = mask_where(
        team, [&](uint32_t other) { return ((lanes[other].a ^ lanes[lane].a) & width) == 0; });
    if (any) return LaneResult{same, 0};
    return LaneResult{same == team ? team : 0, says_whether && same == team};
  };
}

// The same leader for all, which our warps elect as the lowest lane.
LaneOracle elect_oracle() {
  return [](const Lanes&, uint32_t team, uint32_t lane) {
    uint32_t leader = 0;
    while (!holds(team, leader)) ++leader;
    return LaneResult{leader, lane == leader};
  };
}

LaneOracle lane_oracle(const isa::Row& row) {
  const std::vector<std::string> parts = parts_of(row.mnemonic);
  if (parts[0] == "elect") return elect_oracle();
  if (parts.size() < 3) return {};
  const bool says_whether = row.operands[0].role == Role::kWriteAndPredicate;
  if (parts[0] == "vote") return vote_oracle(parts[2]);
  if (parts[0] == "redux") return reduction_oracle(parts[2], parts[3] == "s32");
  if (parts[0] == "match") return match_oracle(parts[1] == "any", parts[3] == "b64", says_whether);
  return {};
}

// One of a few values, some of which differ in their upper half alone; often the same in all lanes.
void draw_value(Lane* own, uint32_t, std::mt19937* random) {
  const uint32_t kinds = own->members % 3 == 0 ? 1 : 3;
  const uint64_t low = (*random)() % kinds * 0x9E3779B9, high = (*random)() % kinds;
  own->a = (low & 0xFFFFFFFF) | high << 32;
}

TEST(Warp, EveryRow) {
  for (const isa::Row& row : isa::warp_rows()) {
    // These have tests of their own.
    if (row.mnemonic.starts_with("shfl.") || row.mnemonic == "activemask.b32") continue;
    const LaneOracle oracle = lane_oracle(row);
    if (!oracle) {
      ADD_FAILURE() << "no oracle for " << row.mnemonic;
      continue;
    }
    check_lanes(row, oracle, draw_value);
  }
}

// Lanes that have exited are not waited for; the others' masks may still name them.
TEST(Warp, ExitedLanesAreNotWaitedFor) {
  Machine machine;
  ASSERT_EQ(machine.load(R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 out)
{
.reg .pred %p;
.reg .b32 %r<4>;
.reg .b64 %out;
ld.param.u64 %out, [out];
mov.u32 %r0, %laneid;
setp.ge.u32 %p, %r0, 20;
@%p ret;
vote.sync.ballot.b32 %r1, 1, 0xffffffff;
activemask.b32 %r2;
mad.wide.u32 %out, %r0, 8, %out;
st.global.v2.u32 [%out], {%r1, %r2};
ret;
}
)"),
            "");
  const uint64_t out = machine.zeros(32 * 8);
  machine.launch("test", 1, 32, {out});
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  const auto masks = machine.read<uint32_t>(out, 64);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(masks[i], 0xFFFFFu) << i;
}

// Nor are those that exit while others wait for them, at a vote and at a barrier.
TEST(Warp, LanesThatExitLaterAreWaitedForNoMore) {
  for (const char* barrier : {"", "bar.sync 0;", "bar.warp.sync 0xffffffff;"}) {
    const std::vector<uint32_t> votes = run_kernel({std::string(R"(
setp.ge.u32 %p0, %t, 16;
@%p0 bra late;
)") + barrier + R"(
vote.sync.ballot.b32 %r1, 1, 0xffffffff;
st.global.u32 [%out], %r1;
ret;
late:
st.global.u32 [%out], 7;
)"});
    for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(votes[i], i < 16 ? 0xFFFFu : 7u) << barrier << i;
  }
}

// Lanes that reach the instruction by different ways, at different times, execute it together.
TEST(Warp, LanesThatComeLaterAreWaitedFor) {
  Machine machine;
  ASSERT_EQ(machine.load(R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 out)
{
.reg .pred %p;
.reg .b32 %r<6>;
.reg .b64 %out;
ld.param.u64 %out, [out];
mov.u32 %r0, %laneid;
and.b32 %r1, %r0, 7;
mov.u32 %r2, 0;
again:
setp.eq.u32 %p, %r2, %r1;
@%p bra meet;
add.u32 %r2, %r2, 1;
bra again;
meet:
activemask.b32 %r4;
shfl.sync.bfly.b32 %r3, %r1, 1, 0x1f, 0xffffffff;
mad.wide.u32 %out, %r0, 8, %out;
st.global.v2.u32 [%out], {%r3, %r4};
ret;
}
)"),
            "");
  const uint64_t out = machine.zeros(32 * 8);
  machine.launch("test", 1, 32, {out});
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  const auto results = machine.read<uint32_t>(out, 64);
  for (uint32_t lane = 0; lane < 32; ++lane) EXPECT_EQ(results[2 * lane], (lane & 7) ^ 1) << lane;
}

}  // namespace
}  // namespace ptxsim
