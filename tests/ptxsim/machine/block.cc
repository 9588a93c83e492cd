#include "tests/ptxsim/machine/block.h"

#include <algorithm>
#include <cstdio>

#include "tests/ptxsim/machine/trace.h"

namespace ptxsim {
namespace {

// Warps take turns after so many instructions, so that one that waits for a value of another gets
// it.
constexpr uint64_t kTurn = 100'000;

std::string hex(Mask mask) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", mask);
  return text;
}

constexpr Mask live_lanes(uint32_t threads) {
  return threads >= kLanes ? ~Mask{0} : (Mask{1} << threads) - 1;
}

}  // namespace

Block::Block(Launch& launch) : launch_(launch) {
  const uint32_t count = (launch.threads_of_block() + kLanes - 1) / kLanes;
  for (uint32_t i = 0; i < count; ++i) warps_.push_back(std::make_unique<Warp>(*this, i));
  budgets_.resize(count);
  seen_.resize(size_t{count} * count);
}

void Block::start(uint64_t number) {
  number_ = number;
  index_[0] = static_cast<uint32_t>(number % launch_.grid[0]);
  index_[1] = static_cast<uint32_t>(number / launch_.grid[0] % launch_.grid[1]);
  index_[2] = static_cast<uint32_t>(number / launch_.grid[0] / launch_.grid[1]);
  shared_.emplace(launch_.shared_bytes);
  std::ranges::fill(budgets_, launch_.budget);
  std::ranges::fill(seen_, 0);
  barriers_ = {};
  for (const auto& warp : warps_) {
    warp->start(live_lanes(launch_.threads_of_block() - warp->index() * kLanes));
    synchronise(*warp);
  }
  const auto traced = traced_thread();
  const bool is_traced = traced && traced->block == number;
  traced_warp_ = is_traced ? static_cast<int>(traced->thread / kLanes) : -1;
  traced_lane_ = is_traced ? static_cast<int>(traced->thread % kLanes) : -1;
}

uint32_t Block::exited_threads() const {
  uint32_t live = 0;
  for (const auto& warp : warps_) live += static_cast<uint32_t>(std::popcount(warp->live()));
  return launch_.threads_of_block() - live;
}

void Block::arrive(Warp& warp, uint32_t barrier, uint32_t threads, Mask holding) {
  Barrier& at = barriers_[barrier];
  const auto lanes = static_cast<uint32_t>(std::popcount(warp.executing()));
  // Barriers with a number of threads count whole warps, those without one the threads there are.
  at.arrived += threads != 0 ? kLanes : lanes;
  at.expected = threads;
  at.sum.threads += lanes;
  at.sum.holding += static_cast<uint32_t>(std::popcount(holding));
  synchronise(warp);
  at.seen.resize(warps_.size());
  const uint32_t* seen = seen_by(warp.index());
  for (size_t i = 0; i < at.seen.size(); ++i) at.seen[i] = std::max(at.seen[i], seen[i]);
}

// What came before an arrival comes before what follows the wait, of those that waited.
void Block::release(uint32_t barrier) {
  Barrier& at = barriers_[barrier];
  for (const auto& warp : warps_) {
    if (!warp->release_barrier(barrier, at.sum)) continue;
    uint32_t* seen = seen_by(warp->index());
    for (size_t i = 0; i < at.seen.size(); ++i) seen[i] = std::max(seen[i], at.seen[i]);
  }
  at.arrived = at.expected = 0;
  at.sum = {};
  at.seen.clear();
}

void Block::release_barriers() {
  for (uint32_t id = 0; id < barriers_.size(); ++id) {
    const Barrier& barrier = barriers_[id];
    if (barrier.arrived == 0) continue;
    const bool complete = barrier.expected != 0
                              ? barrier.arrived >= barrier.expected
                              : barrier.arrived + exited_threads() >= launch_.threads_of_block();
    if (complete) release(id);
  }
}

void Block::trigger(Warp& warp) {
  if (warp.triggered) return;
  warp.triggered = true;
  if (warp.waited == 0) launch_.triggered_before_wait = true;
  if (pauses_) warp.pause(WarpState::kAtTrigger);
}

void Block::wait_for_predecessor(Warp& warp) {
  warp.waited |= warp.executing();
  launch_.waited = true;
  if (!launch_.predecessor_completed) warp.pause(WarpState::kAtWait);
}

// Each warp as far as it goes; true when one went on.
bool Block::run_warps() {
  bool moved = false;
  for (size_t i = 0; i < warps_.size(); ++i) {
    Warp& warp = *warps_[i];
    if (warp.state() != WarpState::kRunnable) continue;
    moved = true;
    uint64_t turn = std::min(budgets_[i], kTurn);
    budgets_[i] -= turn;
    warp.run(&turn);
    budgets_[i] += turn;
    if (budgets_[i] == 0 && warp.state() == WarpState::kRunnable && !launch_.stopped()) {
      report(FindingKind::kInstructionBudget,
             "the warp has run " + std::to_string(launch_.budget) +
                 " instructions and has not ended; PTXSIM_BUDGET allows more",
             warp, std::countr_zero(warp.active()), launch_.program->instructions[warp.pc()]);
    }
  }
  return moved;
}

std::string Block::why_stuck(const Warp::Waiting& waiting) const {
  if (waiting.others != 0) {
    const Instruction& there = launch_.program->instructions[waiting.others_at];
    return "lanes " + hex(waiting.lanes) + " of the warp wait here for lanes " +
           hex(waiting.others) + ", which stand at line " + std::to_string(there.line) + ": " +
           launch_.program->texts[there.source];
  }
  if (!waiting.for_barrier) {
    return "lanes " + hex(waiting.lanes) +
           " of the warp wait here for each other by member masks that do not agree";
  }
  const Barrier& barrier = barriers_[waiting.barrier];
  const uint32_t expected =
      barrier.expected != 0 ? barrier.expected : launch_.threads_of_block() - exited_threads();
  return std::to_string(barrier.arrived) + " of " + std::to_string(expected) +
         " threads have come to barrier " + std::to_string(waiting.barrier) +
         ", and no thread is left that could come";
}

void Block::report_why_stuck() {
  for (const auto& warp : warps_) {
    if (warp->state() != WarpState::kStuck && warp->state() != WarpState::kAtBarrier) continue;
    const Warp::Waiting waiting = warp->waiting();
    const Instruction& instruction = launch_.program->instructions[waiting.at];
    return report(
        instruction.synchronises_block ? FindingKind::kDivergentBarrier : FindingKind::kStuckLanes,
        why_stuck(waiting), *warp, std::countr_zero(waiting.lanes), instruction);
  }
}

bool Block::any_in(WarpState state) const {
  return std::ranges::any_of(warps_, [=](const auto& warp) { return warp->state() == state; });
}

void Block::resume_warps() {
  for (const auto& warp : warps_) {
    const bool leaves_trigger = warp->state() == WarpState::kAtTrigger && !pauses_;
    const bool leaves_wait = warp->state() == WarpState::kAtWait && launch_.predecessor_completed;
    if (leaves_trigger || leaves_wait) warp->resume();
  }
}

void Block::run_until_still() {
  resume_warps();
  while (run_warps() && !launch_.stopped()) release_barriers();
}

bool Block::run(bool pauses) {
  pauses_ = pauses;
  run_until_still();
  const bool blocked = any_in(WarpState::kAtBarrier) || any_in(WarpState::kStuck);
  if (blocked && any_in(WarpState::kAtTrigger)) {
    // Some need those that pause: the block has not triggered as a whole.
    pauses_ = false;
    run_until_still();
  }
  if (launch_.stopped()) return true;
  if (any_in(WarpState::kAtTrigger) || any_in(WarpState::kAtWait)) return false;
  for (const auto& warp : warps_) launch_.thread_instructions += warp->thread_instructions;
  if (any_in(WarpState::kAtBarrier) || any_in(WarpState::kStuck)) report_why_stuck();
  return true;
}

void Block::report(FindingKind kind, const std::string& what, Warp& warp, int lane,
                   const Instruction& instruction) {
  launch_.report(kind, what, {number_, warp.thread(lane), &instruction});
}

Access Block::access(const Warp& warp, int lane) const {
  const uint32_t* seen = seen_by(warp.index());
  return {launch_.id, number_, warp.thread(lane), seen[warp.index()], seen};
}

}  // namespace ptxsim
