#include "tests/ptxsim/machine/block.h"

#include <algorithm>

#include "tests/ptxsim/machine/trace.h"

namespace ptxsim {
namespace {

constexpr uint32_t lanes_in(uint32_t threads) {
  return threads < kLanes ? threads : kLanes;
}

}  // namespace

Block::Block(Launch& launch, uint64_t number)
    : launch_(launch),
      number_(number),
      index_{static_cast<uint32_t>(number % launch.grid[0]),
             static_cast<uint32_t>(number / launch.grid[0] % launch.grid[1]),
             static_cast<uint32_t>(number / launch.grid[0] / launch.grid[1])},
      shared_(launch.shared_bytes) {
  const uint32_t threads = launch.threads_of_block();
  for (uint32_t first = 0; first < threads; first += kLanes) {
    const uint32_t lanes = lanes_in(threads - first);
    const Mask live = lanes == kLanes ? ~Mask{0} : (Mask{1} << lanes) - 1;
    warps_.push_back(std::make_unique<Warp>(*this, first / kLanes, live));
    budgets_.push_back(launch.budget);
  }
  if (const auto traced = traced_thread(); traced && traced->block == number) {
    traced_warp_ = static_cast<int>(traced->thread / kLanes);
    traced_lane_ = static_cast<int>(traced->thread % kLanes);
  }
}

uint32_t Block::thread_index(uint32_t thread, int axis) const {
  const uint32_t* shape = launch_.block;
  if (axis == 0) return thread % shape[0];
  return axis == 1 ? thread / shape[0] % shape[1] : thread / shape[0] / shape[1];
}

uint32_t Block::exited_threads() const {
  uint32_t live = 0;
  for (const auto& warp : warps_) live += static_cast<uint32_t>(std::popcount(warp->live()));
  return launch_.threads_of_block() - live;
}

void Block::arrive(Warp& warp, uint32_t barrier, uint32_t threads, bool waits) {
  Barrier& at = barriers_[barrier];
  // Barriers with a number of threads count whole warps, those without one the threads there are.
  at.arrived += threads != 0 ? kLanes : static_cast<uint32_t>(std::popcount(warp.executing()));
  at.expected = threads;
  if (waits) warp.wait_at_barrier(barrier);
}

void Block::release_barriers() {
  for (uint32_t id = 0; id < barriers_.size(); ++id) {
    Barrier& barrier = barriers_[id];
    if (barrier.arrived == 0) continue;
    const bool complete = barrier.expected != 0
                              ? barrier.arrived >= barrier.expected
                              : barrier.arrived + exited_threads() >= launch_.threads_of_block();
    if (!complete) continue;
    barrier = {};
    ++interval_;
    for (const auto& warp : warps_) warp->release_barrier(id);
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
    warp.run(&budgets_[i]);
    if (budgets_[i] == 0 && warp.state() == WarpState::kRunnable && !launch_.stopped()) {
      const auto [pc, lane] = warp.stuck_at();
      report(FindingKind::kInstructionBudget,
             "a warp has run " + std::to_string(launch_.budget) +
                 " instructions and has not ended; PTXSIM_BUDGET allows more",
             warp, lane, launch_.program->instructions[pc]);
    }
  }
  return moved;
}

void Block::report_why_stuck() {
  for (const auto& warp : warps_) {
    if (warp->state() != WarpState::kStuck && warp->state() != WarpState::kAtBarrier) continue;
    const auto [pc, lane] = warp->stuck_at();
    const Instruction& instruction = launch_.program->instructions[pc];
    const bool barrier = instruction.synchronises_block || warp->state() == WarpState::kAtBarrier;
    return report(barrier ? FindingKind::kDivergentBarrier : FindingKind::kStuckLanes,
                  barrier ? "threads wait at a barrier that others of the block never reach"
                          : "lanes wait for others of their warp that never come here",
                  *warp, lane, instruction);
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
  launch_.report(kind, what, place(warp, lane, instruction));
}

Place Block::place(Warp& warp, int lane, const Instruction& instruction) const {
  const uint32_t thread = warp.thread(lane);
  return {launch_.program->name,
          instruction.line,
          launch_.program->texts[instruction.source],
          {index_[0], index_[1], index_[2]},
          {thread_index(thread, 0), thread_index(thread, 1), thread_index(thread, 2)}};
}

Access Block::access(Warp& warp, int lane) const {
  return {launch_.id, number_, warp.thread(lane), interval_};
}

}  // namespace ptxsim
