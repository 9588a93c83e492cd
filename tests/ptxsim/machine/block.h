// What: a block of threads: its warps in turn, its shared memory and barriers. It can stand still
// at griddepcontrol and go on later. Threads: a block belongs to one host thread at a time.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "tests/ptxsim/checker/shared_memory.h"
#include "tests/ptxsim/machine/launch.h"
#include "tests/ptxsim/machine/warp.h"

namespace ptxsim {

class Block {
 public:
  Block(Launch& launch, uint64_t number);

  // Runs as far as it can. True when all threads have exited or the launch has stopped; false when
  // it stands still at griddepcontrol: at the wait while the predecessor has not completed, with
  // `pauses` also where all its threads have triggered or exited. Another run() lets it go on.
  bool run(bool pauses);

  Launch& launch() { return launch_; }
  SharedMemory& shared() { return shared_; }
  uint64_t number() const { return number_; }
  uint32_t index(int axis) const { return index_[axis]; }
  // Of the thread, along the axis.
  uint32_t thread_index(uint32_t thread, int axis) const;

  // The warp's executing lanes arrive at a barrier that expects `threads` (0: all of the block).
  void arrive(Warp& warp, uint32_t barrier, uint32_t threads, bool waits);
  void trigger(Warp& warp);
  void wait_for_predecessor(Warp& warp);

  void report(FindingKind kind, const std::string& what, Warp& warp, int lane,
              const Instruction& instruction);
  Place place(Warp& warp, int lane, const Instruction& instruction) const;
  // Who accesses memory: the thread, and its order among others of the block.
  Access access(Warp& warp, int lane) const;

  bool traces(const Warp& warp) const { return static_cast<int>(warp.index()) == traced_warp_; }
  int traced_lane() const { return traced_lane_; }

 private:
  struct Barrier {
    uint32_t arrived = 0, expected = 0;
  };

  void resume_warps();
  void run_until_still();
  bool run_warps();
  bool any_in(WarpState state) const;
  void release_barriers();
  void report_why_stuck();
  uint32_t exited_threads() const;

  Launch& launch_;
  uint64_t number_;
  uint32_t index_[3];
  bool pauses_ = false;
  int traced_warp_ = -1, traced_lane_ = -1;
  SharedMemory shared_;
  std::array<Barrier, 16> barriers_;
  uint32_t interval_ = 0;  // grows with each barrier
  std::vector<std::unique_ptr<Warp>> warps_;
  std::vector<uint64_t> budgets_;
};

}  // namespace ptxsim
