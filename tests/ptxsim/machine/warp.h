// What: 32 threads: their registers, which of them run, and where. Threads of a warp that are at
// different instructions are groups; the group at the lowest instruction runs, so that groups meet
// again where their paths join. A group that needs others (shfl.sync, bar.sync) waits for them.
// Threads: a warp belongs to the host thread that runs its block.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
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
  kAtTrigger,  // at griddepcontrol.launch_dependents of a block that pauses there
  kStuck,      // groups wait for lanes that are elsewhere or gone
  kExited,
};

// What bar.red adds up over the threads of a barrier, and how lanes of a warp get it.
struct BarrierSum {
  uint32_t threads = 0, holding = 0;
};
using Deliver = void (*)(Warp& warp, const Instruction& instruction, Mask lanes,
                         const BarrierSum& sum);

class Warp {
 public:
  Warp(Block& block, uint32_t index);

  // At the first instruction, all registers 0. Before the block's first run and each new one.
  void start(Mask live);

  uint64_t* values(uint32_t slot) { return values_.data() + size_t{slot} * kLanes; }
  const uint64_t* values(uint32_t slot) const { return values_.data() + size_t{slot} * kLanes; }
  Mask predicate(uint32_t slot) const { return predicates_[slot]; }
  void set_predicate(uint32_t slot, int lane, bool value) {
    predicates_[slot] = (predicates_[slot] & ~(Mask{1} << lane)) | Mask{value} << lane;
  }
  uint8_t* local(int lane) { return local_.data() + static_cast<size_t>(lane) * local_bytes_; }

  // The lanes that the instruction runs for: of the current group, those whose guard holds.
  Mask executing() const { return executing_; }
  Mask live() const { return live_; }
  Block& block() const { return block_; }
  uint32_t index() const { return index_; }
  uint32_t thread(int lane) const { return index_ * kLanes + static_cast<uint32_t>(lane); }
  WarpState state() const { return state_; }

  // For handlers. The executing lanes go on at `target` instead of the next instruction.
  void branch(uint32_t target);
  void exit();
  // The lanes, of those that execute, wait for others to come to the instruction, which then runs
  // again for all of them.
  void wait_for_others(Mask lanes);
  // The executing lanes wait until release_barrier(barrier), which calls `deliver`, if any, with
  // its sum for them.
  void wait_at_barrier(uint32_t barrier, const Instruction& instruction, Deliver deliver);
  // False where none of its lanes waits there.
  bool release_barrier(uint32_t barrier, const BarrierSum& sum);
  // The whole warp stands still in `state`; resume() lets it go on after the instruction.
  void pause(WarpState state) { state_ = state; }
  void resume() { state_ = WarpState::kRunnable; }

  // Runs until the warp cannot go on, the launch stops, or `budget` instructions have run.
  void run(uint64_t* budget);

  // Where the warp goes on, and with which lanes.
  uint32_t pc() const { return pc_; }
  Mask active() const { return active_; }

  // Of a warp that cannot go on: lanes that wait at an instruction, and what for: a barrier, or
  // others of the warp, and where those are if not here.
  struct Waiting {
    uint32_t at;
    Mask lanes;
    bool for_barrier;
    uint32_t barrier = 0;
    Mask others = 0;
    uint32_t others_at = 0;
  };
  Waiting waiting() const;

  Mask waited = 0;  // lanes past griddepcontrol.wait
  bool triggered = false;
  uint64_t thread_instructions = 0;

 private:
  struct Group {
    enum class State : uint8_t { kRunnable, kConverging, kAtBarrier };
    uint32_t pc;  // where it goes on: after a barrier, at what it waits for others to run
    Mask mask;
    State state = State::kRunnable;
    Mask live = 0;  // when it began to wait for others
    uint32_t barrier = 0;
    const Instruction* instruction = nullptr;  // of the barrier
    Deliver deliver = nullptr;
  };

  void step(const Instruction& instruction);
  bool select_group();
  bool wake_converging();
  void stand_still();
  void leave(Group group);

  Block& block_;
  uint32_t index_;
  std::vector<uint64_t> values_;
  std::vector<Mask> predicates_;
  uint32_t local_bytes_;
  std::vector<uint8_t> local_;
  Mask live_ = 0, active_ = 0, executing_ = 0;
  uint32_t pc_ = 0, next_pc_ = ~0u;  // of the current group; of the lowest other one
  std::vector<Group> groups_;        // the others
  WarpState state_ = WarpState::kRunnable;
};

}  // namespace ptxsim
