// Branches, exits, barriers, grid dependencies.
#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/machine/block.h"

namespace ptxsim::isa {
namespace {

void branch(Warp& warp, const Instruction& instruction) {
  warp.branch(instruction.target);
}

void leave(Warp& warp, const Instruction&) {
  warp.exit();
}

void trap(Warp& warp, const Instruction& instruction) {
  for_each_lane(warp.executing(), [&](int lane) {
    warp.block().report(FindingKind::kTrap, "the kernel ended itself", warp, lane, instruction);
  });
}

// The number of a barrier and of its threads are the same in all lanes.
uint32_t first_lane(Warp& warp, uint32_t slot) {
  return static_cast<uint32_t>(warp.values(slot)[std::countr_zero(warp.executing())]);
}

// Aligned barriers are for whole warps: lanes that have not come are waited for.
template <bool kCounts, bool kWaits>
void barrier(Warp& warp, const Instruction& instruction) {
  if (!warp.converge(warp.live())) return;
  const uint32_t id = first_lane(warp, instruction.slots[0]) % 16;
  const uint32_t threads = kCounts ? first_lane(warp, instruction.slots[1]) : 0;
  warp.block().arrive(warp, id, threads, kWaits);
}

void warp_barrier(Warp& warp, const Instruction& instruction) {
  if (!warp.converge(first_lane(warp, instruction.slots[0]))) return;
  ++warp.sync_interval;
}

void wait_for_predecessor(Warp& warp, const Instruction&) {
  warp.block().wait_for_predecessor(warp);
}

void launch_dependents(Warp& warp, const Instruction&) {
  warp.block().trigger(warp);
}

void add_barriers(Rows* rows) {
  const OperandForm number{Role::kRead, 32};
  auto add = [&](const char* mnemonic, Handler handler, std::vector<OperandForm> operands) {
    Row row{mnemonic, handler, std::move(operands)};
    row.synchronises_block = true;
    rows->push_back(row);
  };
  for (const char* mnemonic :
       {"bar.sync", "bar.cta.sync", "barrier.sync.aligned", "barrier.cta.sync.aligned"}) {
    add(mnemonic, barrier<false, true>, {number});
    add(mnemonic, barrier<true, true>, {number, number});
  }
  for (const char* mnemonic :
       {"bar.arrive", "bar.cta.arrive", "barrier.arrive.aligned", "barrier.cta.arrive.aligned"}) {
    add(mnemonic, barrier<true, false>, {number, number});
  }
  rows->push_back({"bar.warp.sync", warp_barrier, {number}});
}

}  // namespace

Rows control_rows() {
  Rows rows;
  rows.push_back({"bra", branch, {{Role::kLabel}}});
  rows.push_back({"bra.uni", branch, {{Role::kLabel}}});
  rows.push_back({"ret", leave, {}});
  rows.push_back({"exit", leave, {}});
  rows.push_back({"trap", trap, {}});
  rows.push_back({"brkpt", trap, {}});
  rows.push_back({"griddepcontrol.wait", wait_for_predecessor, {}});
  rows.push_back({"griddepcontrol.launch_dependents", launch_dependents, {}});
  add_barriers(&rows);
  return rows;
}

}  // namespace ptxsim::isa
