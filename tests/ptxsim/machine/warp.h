// What: 32 threads: their registers, which of them run, and where. Threads of a warp that are at
// different instructions are groups; the group at the lowest instruction runs, so that groups meet
// again where their paths join. A group that needs others (shfl.sync, bar.sync) waits for them.
// Threads: a warp belongs to the host thread that runs its block.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "tests/ptxsim/machine/instruction.h"

namespace ptxsim {

class Block;

inline constexpr int kLanes = 32;
using Mask = uint32_t;

template <class Visit>
void for_each_lane(Mask mask, Visit visit) {
  if (mask == ~Mask{0}) {
    for (int lane = 0; lane < kLanes; ++lane) visit(lane);
    return;
  }
  for (; mask != 0; mask &= mask - 1) visit(std::countr_zero(mask));
}

enum class WarpState : uint8_t {
  kRunnable,
  kAtBarrier,  // every group of it is at a barrier
  kAtWait,     // at griddepcontrol.wait, and the predecessor has not completed
  kAtTrigger,  // at griddepcontrol.launch_dependents of a grid that pauses there
  kStuck,      // groups wait for lanes that are elsewhere or gone
  kExited,
};

class Warp {
 public:
  Warp(Block& block, uint32_t index, Mask live, uint32_t value_slots, uint32_t predicate_slots);

  uint64_t* values(uint32_t slot) { return values_.data() + size_t{slot} * kLanes; }
  const uint64_t* values(uint32_t slot) const { return values_.data() + size_t{slot} * kLanes; }
  Mask predicate(uint32_t slot) const { return predicates_[slot]; }
  void set_predicate(uint32_t slot, int lane, bool value) {
    predicates_[slot] = (predicates_[slot] & ~(Mask{1} << lane)) | Mask{value} << lane;
  }
  void set_predicates(uint32_t slot, Mask mask) { predicates_[slot] = mask; }

  // The lanes that the instruction runs for: of the current group, those whose guard holds.
  Mask executing() const { return executing_; }
  Mask live() const { return live_; }
  Block& block() { return block_; }
  uint32_t index() const { return index_; }

  // For handlers. The executing lanes go on elsewhere than at the next instruction.
  void branch(uint32_t target);
  void exit();
  // Whether all live lanes of `members` are here; if not, the executing ones wait for them, and the
  // instruction runs again when they have come.
  bool converge(Mask members);
  // The executing lanes wait until the block releases barrier `id`.
  void wait_at_barrier(uint32_t id);
  // The whole warp stands still in `state`; resume() lets it go on after the instruction.
  void pause(WarpState state);
  void resume();
  void release_barrier(uint32_t id);

  // For the executor. Runs until the warp cannot go on, or `budget` instructions have run.
  WarpState run(const Instruction* program, uint64_t* budget);

  WarpState state() const { return state_; }
  // What the lanes are waiting at: the instruction of the first group that waits; for messages.
  uint32_t stuck_at() const;
  Mask first_group() const;

  uint32_t sync_interval = 0;  // grows with each bar.warp.sync and shuffle of the whole warp
  bool waited = false;         // past griddepcontrol.wait

 private:
  struct Group {
    enum class State : uint8_t { kRunnable, kConverging, kAtBarrier };
    uint32_t pc;
    Mask mask;
    State state = State::kRunnable;
    uint32_t barrier = 0;
  };

  bool select_group();
  void split(Mask moving);

  Block& block_;
  uint32_t index_;
  std::vector<uint64_t> values_;
  std::vector<Mask> predicates_;
  Mask live_, active_ = 0, executing_ = 0;
  uint32_t pc_ = 0;
  uint32_t next_pc_ = 0;
  std::vector<Group> groups_;
  WarpState state_ = WarpState::kRunnable;
};

}  // namespace ptxsim
