// Exchange between lanes, against the manual's definitions: each row with whole warps, with lanes
// left out, and with several teams that execute it together, each under a member mask of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

using isa::Role;

constexpr int kCases = 96;
constexpr uint32_t kUntouched = 0xDEADBEEF;

// One lane's operands; `members` 0: it does not execute the instruction.
struct Lane {
  uint64_t a = 0, b = 0, c = 0, members = 0;
};
using Lanes = std::array<Lane, 32>;

struct Expected {
  uint32_t value = kUntouched;
  uint32_t predicate = 0;
};
using Outcome = std::array<Expected, 32>;
// Of one lane of a team; `team` are the lanes that execute together.
using LaneOracle = std::function<Expected(const Lanes& lanes, uint32_t team, uint32_t lane)>;

bool holds(uint32_t mask, uint32_t lane) {
  return (mask >> lane & 1) != 0;
}

uint32_t mask_where(uint32_t team, const std::function<bool(uint32_t)>& is) {
  uint32_t mask = 0;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    if (holds(team, lane) && is(lane)) mask |= 1u << lane;
  }
  return mask;
}

// shfl's source lane and whether it is in range, in fields of five bits.
std::pair<uint32_t, bool> shuffle_source(const std::string& mode, uint32_t lane, const Lane& own) {
  const auto b = static_cast<uint32_t>(own.b & 31), clamp = static_cast<uint32_t>(own.c & 31);
  const auto segment = static_cast<uint32_t>(own.c >> 8 & 31);
  const uint32_t greatest = (lane & segment) | (clamp & ~segment & 31);
  const int from = static_cast<int>(lane), by = static_cast<int>(b);
  int j = 0;
  if (mode == "up") j = from - by;
  if (mode == "down") j = from + by;
  if (mode == "bfly") j = from ^ by;
  if (mode == "idx") j = static_cast<int>((lane & segment) | (b & ~segment & 31));
  const bool in_range =
      mode == "up" ? j >= static_cast<int>(greatest) : j <= static_cast<int>(greatest);
  return {in_range ? static_cast<uint32_t>(j) : lane, in_range};
}

LaneOracle shuffle_oracle(const std::string& mode, bool says_whether) {
  return [=](const Lanes& lanes, uint32_t, uint32_t lane) {
    const auto [source, in_range] = shuffle_source(mode, lane, lanes[lane]);
    return Expected{static_cast<uint32_t>(lanes[source].a), says_whether && in_range};
  };
}

LaneOracle vote_oracle(const std::string& mode) {
  return [mode](const Lanes& lanes, uint32_t team, uint32_t) {
    const uint32_t yes = mask_where(team, [&](uint32_t lane) { return (lanes[lane].a & 1) != 0; });
    if (mode == "ballot") return Expected{yes, 0};
    if (mode == "all") return Expected{kUntouched, yes == team};
    if (mode == "any") return Expected{kUntouched, yes != 0};
    return Expected{kUntouched, yes == team || yes == 0};
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
    return Expected{static_cast<uint32_t>(result), 0};
  };
}

LaneOracle match_oracle(bool any, bool wide, bool says_whether) {
  return [=](const Lanes& lanes, uint32_t team, uint32_t lane) {
    const uint64_t width = wide ? ~uint64_t{0} : 0xFFFFFFFF;
    const uint32_t same = mask_where(
        team, [&](uint32_t other) { return ((lanes[other].a ^ lanes[lane].a) & width) == 0; });
    if (any) return Expected{same, 0};
    return Expected{same == team ? team : 0, says_whether && same == team};
  };
}

// The same leader for all, which our warps elect as the lowest lane.
LaneOracle elect_oracle() {
  return [](const Lanes&, uint32_t team, uint32_t lane) {
    uint32_t leader = 0;
    while (!holds(team, leader)) ++leader;
    return Expected{leader, lane == leader};
  };
}

LaneOracle lane_oracle(const isa::Row& row) {
  const std::vector<std::string> parts = parts_of(row.mnemonic);
  if (parts[0] == "elect") return elect_oracle();
  if (parts.size() < 3) return {};
  const bool says_whether = row.operands[0].role == Role::kWriteAndPredicate;
  if (parts[0] == "shfl") return shuffle_oracle(parts[2], says_whether);
  if (parts[0] == "vote") return vote_oracle(parts[2]);
  if (parts[0] == "redux") return reduction_oracle(parts[2], parts[3] == "s32");
  if (parts[0] == "match") return match_oracle(parts[1] == "any", parts[3] == "b64", says_whether);
  return {};
}

constexpr const char* kHead = R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 in, .param .u64 out)
{
.reg .pred %runs, %p, %holds;
.reg .b32 %i, %d, %a, %b, %c, %members, %truth;
.reg .b64 %in, %out, %wide;
ld.param.u64 %in, [in];
ld.param.u64 %out, [out];
mov.u32 %i, %ctaid.x;
mad.lo.u32 %i, %i, 32, %laneid;
mad.wide.u32 %in, %i, 32, %in;
mad.wide.u32 %out, %i, 8, %out;
ld.global.b64 %wide, [%in];
ld.global.b32 %a, [%in];
ld.global.b32 %b, [%in+8];
ld.global.b32 %c, [%in+16];
ld.global.b32 %members, [%in+24];
setp.ne.u32 %runs, %members, 0;
and.b32 %truth, %a, 1;
setp.ne.u32 %holds, %truth, 0;
mov.u32 %d, 0xDEADBEEF;
setp.ne.u32 %p, 0, 0;
@%runs )";
constexpr const char* kTail = R"(;
selp.u32 %truth, 1, 0, %p;
st.global.v2.u32 [%out], {%d, %truth};
ret;
}
)";

std::string kernel_text(const isa::Row& row) {
  static const std::map<Role, std::string> results = {
      {Role::kWrite, "%d"}, {Role::kWritePredicate, "%p"}, {Role::kWriteAndPredicate, "%d|%p"}};
  std::string text = kHead + row.mnemonic + " " + results.at(row.operands[0].role);
  const char* const inputs[] = {"%a", "%b", "%c"};
  for (size_t i = 1; i + 1 < row.operands.size(); ++i) {
    const isa::OperandForm& form = row.operands[i];
    std::string input = form.bits == 64 ? "%wide" : inputs[i - 1];
    if (form.role == Role::kReadPredicate) input = "%holds";
    text += ", " + input;
  }
  return text + ", %members" + kTail;
}

// Teams of four kinds, by turns.
void draw_teams(int number, std::mt19937* random, Lanes* lanes) {
  const uint32_t subset = (*random)() | 1u << (*random)() % 32;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    uint32_t members = ~0u;
    if (number % 4 == 1) members = holds(subset, lane) ? subset : 0;
    if (number % 4 == 2) members = holds(subset, lane) ? subset : ~subset;
    if (number % 4 == 3) members = 0xFFu << (lane & 24);
    (*lanes)[lane].members = members;
  }
}

// Few different values, so that some are equal; a shuffle reads from its own team.
Lanes draw_lanes(int number, const isa::Row& row) {
  std::mt19937 random(static_cast<uint32_t>(number));
  Lanes lanes;
  draw_teams(number, &random, &lanes);
  const uint32_t choices = 1 + random() % 6;
  const std::vector<std::string> parts = parts_of(row.mnemonic);
  for (uint32_t lane = 0; lane < 32; ++lane) {
    Lane& own = lanes[lane];
    std::mt19937 value(number * 64 + random() % choices);
    own.a = uint64_t{value()} << 32 | value();
    if (parts[0] != "shfl") continue;
    own.a = random();
    for (int turn = 0; turn < 50; ++turn) {
      const uint32_t segment = random() % 2 == 0 ? 31 & ~((1u << random() % 6) - 1) : random() % 32;
      const uint32_t clamp = random() % 2 == 0 ? (parts[2] == "up" ? 0 : 31) : random() % 32;
      own.b = random() % 64;
      own.c = segment << 8 | clamp | (random() & 0xFFFFE0E0);
      if (holds(static_cast<uint32_t>(own.members), shuffle_source(parts[2], lane, own).first))
        break;
      own.b = parts[2] == "idx" ? lane : 0;
      own.c = parts[2] == "up" ? 0 : 31;
    }
  }
  return lanes;
}

Outcome outcome_of(const Lanes& lanes, const LaneOracle& oracle) {
  Outcome outcome;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    const auto team = static_cast<uint32_t>(lanes[lane].members);
    if (team != 0) outcome[lane] = oracle(lanes, team, lane);
  }
  return outcome;
}

void check_row(const isa::Row& row, const LaneOracle& oracle) {
  Machine machine;
  ASSERT_EQ(machine.load(kernel_text(row)), "");
  std::vector<Lanes> cases;
  for (int i = 0; i < kCases; ++i) cases.push_back(draw_lanes(i, row));
  const uint64_t in = machine.copy(cases), out = machine.zeros(kCases * sizeof(Outcome));
  machine.launch("test", kCases, 32, {in, out});
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << row.mnemonic << machine.findings();
  const auto results = machine.read<Outcome>(out, kCases);
  for (int i = 0; i < kCases; ++i) {
    const Outcome expected = outcome_of(cases[i], oracle);
    for (uint32_t lane = 0; lane < 32; ++lane) {
      ASSERT_EQ(results[i][lane].value, expected[lane].value)
          << row.mnemonic << ", case " << i << ", lane " << lane;
      ASSERT_EQ(results[i][lane].predicate, expected[lane].predicate)
          << row.mnemonic << ", case " << i << ", lane " << lane;
    }
  }
}

TEST(Warp, EveryRow) {
  for (const isa::Row& row : isa::warp_rows()) {
    if (row.mnemonic == "activemask.b32") continue;  // see below
    const LaneOracle oracle = lane_oracle(row);
    if (!oracle) {
      ADD_FAILURE() << "no oracle for " << row.mnemonic;
      continue;
    }
    check_row(row, oracle);
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
