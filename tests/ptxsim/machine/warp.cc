#include "tests/ptxsim/machine/warp.h"

#include <algorithm>

#include "tests/ptxsim/machine/block.h"
#include "tests/ptxsim/machine/trace.h"

namespace ptxsim {

Warp::Warp(Block& block, uint32_t index)
    : block_(block),
      index_(index),
      values_(size_t{block.launch().program->value_slots} * kLanes),
      predicates_(block.launch().program->predicate_slots),
      local_bytes_(block.launch().program->local_bytes),
      local_(size_t{local_bytes_} * kLanes) {}

void Warp::start(Mask live) {
  std::ranges::fill(values_, 0);
  std::ranges::fill(predicates_, 0);
  std::ranges::fill(local_, 0);
  predicates_[kTruePredicate] = ~Mask{0};
  for (const Program::Constant& constant : block_.launch().program->constants) {
    std::fill_n(values(constant.slot), kLanes, constant.bits);
  }
  for (const Program::Special& special : block_.launch().program->specials) {
    for (int lane = 0; lane < kLanes; ++lane) {
      values(special.slot)[lane] = special.value(*this, lane);
    }
  }
  live_ = active_ = live;
  executing_ = waited = 0;
  pc_ = 0;
  next_pc_ = ~0u;
  groups_.clear();
  state_ = WarpState::kRunnable;
  triggered = false;
  thread_instructions = 0;
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

void Warp::wait_for_others(Mask lanes) {
  const uint32_t here = pc_ - 1;
  auto met = std::ranges::find_if(groups_, [&](const Group& group) {
    return group.pc == here && group.state == Group::State::kConverging;
  });
  // Those that wait here already look again, together with these, whether that is enough.
  const auto state = met == groups_.end() ? Group::State::kConverging : Group::State::kRunnable;
  if (met != groups_.end()) {
    lanes |= met->mask;
    groups_.erase(met);
  }
  leave({here, lanes, state, live_});
}

void Warp::wait_at_barrier(uint32_t barrier, const Instruction& instruction, Deliver deliver) {
  leave({pc_, executing_, Group::State::kAtBarrier, live_, barrier, &instruction, deliver});
}

bool Warp::release_barrier(uint32_t barrier, const BarrierSum& sum) {
  bool released = false;
  for (Group& group : groups_) {
    if (group.state != Group::State::kAtBarrier || group.barrier != barrier) continue;
    if (group.deliver != nullptr) group.deliver(*this, *group.instruction, group.mask, sum);
    group.state = Group::State::kRunnable;
    released = true;
  }
  if (!released) return false;
  state_ = WarpState::kRunnable;
  next_pc_ = 0;
  return true;
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

namespace {

// A count of bits is a call where the compiler may not use the instruction for it.
uint64_t lanes_in(Mask mask) {
  return mask == ~Mask{0} ? kLanes : static_cast<uint64_t>(std::popcount(mask));
}

}  // namespace

void Warp::step(const Instruction& instruction) {
  const Mask guard = predicates_[instruction.guard];
  executing_ = active_ & (instruction.guard_negated ? ~guard : guard);
  ++pc_;
  if (executing_ == 0) return;
  thread_instructions += lanes_in(executing_);
  instruction.execute(*this, instruction);
  if (block_.traces(*this)) [[unlikely]]
    trace(*this, instruction, block_.traced_lane());
}

void Warp::run(uint64_t* budget) {
  const Instruction* program = block_.launch().program->instructions.data();
  while (state_ == WarpState::kRunnable && !block_.launch().stopped()) {
    if ((active_ == 0 || pc_ >= next_pc_) && !select_group()) {
      if (wake_converging()) continue;
      return stand_still();
    }
    if (*budget == 0) return;
    --*budget;
    step(program[pc_]);
  }
}

Warp::Waiting Warp::waiting() const {
  auto place = [](const Group& group) {
    return group.state == Group::State::kAtBarrier ? group.pc - 1 : group.pc;
  };
  auto first = std::ranges::find(groups_, Group::State::kConverging, &Group::state);
  if (first == groups_.end()) {
    const Group& group = groups_.front();
    return {place(group), group.mask, true, group.barrier};
  }
  Waiting waiting{first->pc, first->mask, false};
  for (const Group& other : groups_) {
    if (&other == &*first) continue;
    waiting.others |= other.mask;
    waiting.others_at = place(other);
  }
  return waiting;
}

}  // namespace ptxsim
