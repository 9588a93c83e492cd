// What: the lanes that a .sync instruction brings together: those that name each other in their
// member masks, once all of them that have not exited are there.
// Threads: called for a warp by the host thread that runs it.
#pragma once

#include "tests/ptxsim/isa/row.h"
#include "tests/ptxsim/machine/block.h"

namespace ptxsim::isa {

// The executing lanes for which the predicate in the operand holds.
inline Mask holding_lanes(const Warp& warp, const Instruction& instruction, int operand) {
  Mask mask = 0;
  for_each_lane(warp.executing(), [&](int lane) {
    mask |= Mask{read_operand<bool>(warp, instruction, operand, lane)} << lane;
  });
  return mask;
}

// Calls run(lanes) for each team that is complete. The others' lanes wait, and the instruction runs
// again for them when more have come.
template <class Run>
void for_each_team(Warp& warp, const Instruction& instruction, uint32_t members_slot, Run run) {
  const uint64_t* members_of = warp.values(members_slot);
  Mask waiting = 0;
  for (Mask rest = warp.executing(); rest != 0;) {
    const int first = std::countr_zero(rest);
    const Mask members = static_cast<Mask>(members_of[first]);
    Mask team = 0;
    for_each_lane(rest, [&](int lane) {
      team |= Mask{static_cast<Mask>(members_of[lane]) == members} << lane;
    });
    rest &= ~team;
    if ((team & ~members) != 0) {
      return warp.block().report(FindingKind::kStuckLanes, "the lane is not in its own member mask",
                                 warp, std::countr_zero(team & ~members), instruction);
    }
    if ((members & warp.live() & ~team) == 0) {
      run(team);
    } else {
      waiting |= team;
    }
  }
  if (waiting != 0) warp.wait_for_others(waiting);
}

}  // namespace ptxsim::isa
