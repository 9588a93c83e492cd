// Branches, exits, barriers, grid dependencies.
#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/isa/teams.h"
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

struct Kind {
  bool aligned = true;  // for whole warps: lanes that have not come are waited for
  bool counts = false;  // says how many threads take part
  bool waits = true;
};

bool is_sound(Warp& warp, const Instruction& instruction, uint32_t id, uint32_t threads) {
  if (id < kBarriers && threads % kLanes == 0) return true;
  const std::string what = id >= kBarriers ? "barrier " + std::to_string(id) + " of 16"
                                           : "a barrier of " + std::to_string(threads) +
                                                 " threads, which is no multiple of a warp";
  warp.block().report(FindingKind::kDivergentBarrier, what, warp,
                      std::countr_zero(warp.executing()), instruction);
  return false;
}

// With `kDeliver`, the result is the first operand and a predicate the last.
template <Kind kKind, Deliver kDeliver = nullptr>
void barrier(Warp& warp, const Instruction& instruction) {
  if (kKind.aligned && warp.executing() != warp.live()) {
    return warp.wait_for_others(warp.executing());
  }
  constexpr int kNumber = kDeliver == nullptr ? 0 : 1, kPredicate = kKind.counts ? 3 : 2;
  const uint32_t id = first_lane(warp, instruction.slots[kNumber]);
  const uint32_t threads = kKind.counts ? first_lane(warp, instruction.slots[kNumber + 1]) : 0;
  if (!is_sound(warp, instruction, id, threads)) return;
  Mask holding = 0;
  if constexpr (kDeliver != nullptr) {
    holding = holding_lanes(warp, instruction, kPredicate);
  }
  warp.block().arrive(warp, id, threads, holding);
  if (kKind.waits) warp.wait_at_barrier(id, instruction, kDeliver);
}

// kOf(sum): what each thread of a reduction gets.
template <auto kOf>
void deliver(Warp& warp, const Instruction& instruction, Mask lanes, const BarrierSum& sum) {
  for_each_lane(lanes, [&](int lane) { write_result(warp, instruction, lane, kOf(sum)); });
}

void warp_barrier(Warp& warp, const Instruction& instruction) {
  for_each_team(warp, instruction, instruction.slots[0],
                [&](Mask) { warp.block().synchronise(warp); });
}

void wait_for_predecessor(Warp& warp, const Instruction&) {
  warp.block().wait_for_predecessor(warp);
}

void launch_dependents(Warp& warp, const Instruction&) {
  warp.block().trigger(warp);
}

template <Kind kKind>
void add_barrier(Rows* rows, const std::string& mnemonic) {
  const OperandForm number{Role::kRead, 32};
  Row row{mnemonic, barrier<kKind>, {number}};
  if (kKind.counts) row.operands.push_back(number);
  row.synchronises_block = true;
  rows->push_back(row);
}

// bar.red.OP.TYPE d, a, {b,} {!}c.
template <auto kOf>
void add_reduction(Rows* rows, const std::string& operation, const std::string& type) {
  const std::string aligned = ".red" + operation + ".aligned" + type;
  const std::string brief = ".red" + operation + type;
  const OperandForm result = write_form<decltype(kOf(BarrierSum{}))>();
  const OperandForm number{Role::kRead, 32}, predicate{Role::kReadPredicate, 1};
  for (const std::string& mnemonic :
       {"bar" + brief, "bar.cta" + brief, "barrier" + aligned, "barrier.cta" + aligned}) {
    Row whole{mnemonic, barrier<Kind{}, deliver<kOf>>, {result, number, predicate}};
    Row part{
        mnemonic, barrier<Kind{.counts = true}, deliver<kOf>>, {result, number, number, predicate}};
    whole.synchronises_block = part.synchronises_block = true;
    rows->push_back(whole);
    rows->push_back(part);
  }
}

void add_barriers(Rows* rows) {
  for (const char* mnemonic :
       {"bar.sync", "bar.cta.sync", "barrier.sync.aligned", "barrier.cta.sync.aligned"}) {
    add_barrier<Kind{}>(rows, mnemonic);
    add_barrier<Kind{.counts = true}>(rows, mnemonic);
  }
  for (const char* mnemonic :
       {"bar.arrive", "bar.cta.arrive", "barrier.arrive.aligned", "barrier.cta.arrive.aligned"}) {
    add_barrier<Kind{.counts = true, .waits = false}>(rows, mnemonic);
  }
  for (const char* mnemonic : {"barrier.sync", "barrier.cta.sync"}) {
    add_barrier<Kind{.aligned = false}>(rows, mnemonic);
  }
  add_reduction<[](const BarrierSum& sum) { return sum.holding; }>(rows, ".popc", ".u32");
  add_reduction<[](const BarrierSum& sum) { return sum.holding == sum.threads; }>(rows, ".and",
                                                                                  ".pred");
  add_reduction<[](const BarrierSum& sum) { return sum.holding != 0; }>(rows, ".or", ".pred");
  rows->push_back({"bar.warp.sync", warp_barrier, {{Role::kRead, 32}}});
}

}  // namespace

Rows control_rows() {
  Rows rows;
  rows.push_back({"bra", branch, {{Role::kLabel}}});
  rows.push_back({"bra.uni", branch, {{Role::kLabel}}});
  rows.push_back({"ret", leave, {}});
  rows.push_back({"ret.uni", leave, {}});
  rows.push_back({"exit", leave, {}});
  rows.push_back({"trap", trap, {}});
  rows.push_back({"brkpt", trap, {}});
  rows.push_back({"griddepcontrol.wait", wait_for_predecessor, {}});
  rows.push_back({"griddepcontrol.launch_dependents", launch_dependents, {}});
  add_barriers(&rows);
  return rows;
}

}  // namespace ptxsim::isa
