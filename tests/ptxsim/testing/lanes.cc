#include "tests/ptxsim/testing/lanes.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

using isa::Role;

constexpr int kCases = 96;
using Outcome = std::array<LaneResult, 32>;

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

Lanes draw_lanes(int number, const DrawLane& draw) {
  std::mt19937 random(static_cast<uint32_t>(number));
  Lanes lanes;
  draw_teams(number, &random, &lanes);
  for (uint32_t lane = 0; lane < 32; ++lane) draw(&lanes[lane], lane, &random);
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

}  // namespace

void check_lanes(const isa::Row& row, const LaneOracle& oracle, const DrawLane& draw) {
  Machine machine;
  ASSERT_EQ(machine.load(kernel_text(row)), "");
  std::vector<Lanes> cases;
  for (int i = 0; i < kCases; ++i) cases.push_back(draw_lanes(i, draw));
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

}  // namespace ptxsim
