#include "tests/ptxsim/machine/warp.h"

#include <algorithm>

#include "tests/ptxsim/machine/block.h"
#include "tests/ptxsim/machine/trace.h"

namespace ptxsim {

Warp::Warp(Block& block, uint32_t index, Mask live)
    : block_(block),
      index_(index),
      values_(size_t{block.launch().program->value_slots} * kLanes),
      predicates_(block.launch().program->predicate_slots),
      local_bytes_(block.launch().program->local_bytes),
      local_(size_t{local_bytes_} * kLanes),
      live_(live),
      active_(live) {
  predicates_[kTruePredicate] = ~Mask{0};
  for (const Program::Constant& constant : block.launch().program->constants) {
    std::fill_n(values(constant.slot), kLanes, constant.bits);
  }
  for (const Program::Special& special : block.launch().program->specials) {
    for (int lane = 0; lane < kLanes; ++lane) {
      values(special.slot)[lane] = special.value(*this, lane);
    }
  }
}

void Warp::leave(Group group) {
  groups_.push_back(group);
  active_ &= ~group.mask;
  next_pc_ = 0;  // look again which group is next
}

void Warp::branch(uint32_t target) {
  const Mask staying = active_ & ~executing_;
  if (staying != 0) leave({pc_, staying});
  pc_ = target;
}

void Warp::exit() {
  live_ &= ~executing_;
  active_ &= ~executing_;
  if (live_ == 0) state_ = WarpState::kExited;
}

bool Warp::converge(Mask members) {
  const Mask needed = members & live_;
  if ((executing_ & needed) == needed) return true;
  const uint32_t here = pc_ - 1;
  auto met = std::ranges::find_if(groups_, [&](const Group& group) {
    return group.pc == here && group.state == Group::State::kConverging;
  });
  if (met == groups_.end()) {
    leave({here, executing_, Group::State::kConverging, 0, live_});
    return false;
  }
  met->mask |= executing_;
  met->live = live_;
  active_ &= ~executing_;
  next_pc_ = 0;
  if ((met->mask & needed) == needed) met->state = Group::State::kRunnable;
  return false;
}

void Warp::wait_at_barrier(uint32_t barrier) {
  leave({pc_, executing_, Group::State::kAtBarrier, barrier});
}

void Warp::release_barrier(uint32_t barrier) {
  for (Group& group : groups_) {
    if (group.state != Group::State::kAtBarrier || group.barrier != barrier) continue;
    group.state = Group::State::kRunnable;
    state_ = WarpState::kRunnable;
    next_pc_ = 0;
  }
}

// Makes the runnable groups at the lowest instruction the current one.
bool Warp::select_group() {
  if (active_ != 0) groups_.push_back({pc_, active_});
  active_ = 0;
  pc_ = next_pc_ = ~0u;
  for (const Group& group : groups_) {
    if (group.state == Group::State::kRunnable) pc_ = std::min(pc_, group.pc);
  }
  std::erase_if(groups_, [&](const Group& group) {
    if (group.state != Group::State::kRunnable) return false;
    if (group.pc != pc_) {
      next_pc_ = std::min(next_pc_, group.pc);
      return false;
    }
    active_ |= group.mask;
    return true;
  });
  return active_ != 0;
}

// Lanes that have exited since are waited for no more.
bool Warp::wake_converging() {
  bool woken = false;
  for (Group& group : groups_) {
    if (group.state != Group::State::kConverging || group.live == live_) continue;
    group.state = Group::State::kRunnable;
    woken = true;
  }
  return woken;
}

void Warp::stand_still() {
  const bool converging = std::ranges::any_of(
      groups_, [](const Group& group) { return group.state == Group::State::kConverging; });
  state_ = converging ? WarpState::kStuck : WarpState::kAtBarrier;
}

void Warp::step(const Instruction& instruction) {
  const Mask guard = predicates_[instruction.guard];
  executing_ = active_ & (instruction.guard_negated ? ~guard : guard);
  ++pc_;
  if (executing_ == 0) return;
  thread_instructions += static_cast<uint64_t>(std::popcount(executing_));
  instruction.execute(*this, instruction);
  if (block_.traces(*this)) [[unlikely]]
    trace(*this, instruction, block_.traced_lane());
}

void Warp::run(uint64_t* budget) {
  const Instruction* program = block_.launch().program->instructions.data();
  while (state_ == WarpState::kRunnable && !block_.launch().stopped()) {
    if (*budget == 0) return;
    if ((active_ == 0 || pc_ >= next_pc_) && !select_group()) {
      if (wake_converging()) continue;
      return stand_still();
    }
    --*budget;
    step(program[pc_]);
  }
}

std::pair<uint32_t, int> Warp::stuck_at() const {
  for (const Group& group : groups_) {
    if (group.state == Group::State::kConverging) return {group.pc, std::countr_zero(group.mask)};
  }
  for (const Group& group : groups_) {
    if (group.state == Group::State::kAtBarrier) {
      return {group.pc - 1, std::countr_zero(group.mask)};
    }
  }
  return {pc_, std::countr_zero(active_)};
}

}  // namespace ptxsim
