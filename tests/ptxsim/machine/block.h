// What: a block of threads: its warps in turn, its shared memory and barriers. It can stand still
// at griddepcontrol and go on later.
// Threads: a block belongs to one host thread at a time.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "tests/ptxsim/checker/shared_memory.h"
#include "tests/ptxsim/machine/launch.h"
#include "tests/ptxsim/machine/warp.h"

namespace ptxsim {

inline constexpr uint32_t kBarriers = 16;

class Block {
 public:
  explicit Block(Launch& launch);

  // Makes it the launch's block of that number, at its beginning. Before the first run; a block
  // that has ended may be another one then.
  void start(uint64_t number);
  // Runs as far as it can. True when all threads have exited or the launch has stopped; false when
  // it stands still at griddepcontrol: at the wait while the predecessor has not completed, with
  // `pauses` also where all its threads have triggered or exited. Another run() lets it go on.
  bool run(bool pauses);

  Launch& launch() { return launch_; }
  SharedMemory& shared() { return *shared_; }
  uint64_t number() const { return number_; }
  uint32_t index(int axis) const { return index_[axis]; }

  // The warp's executing lanes arrive at a barrier that expects `threads` (0: all of the block);
  // bar.red's predicate holds in the lanes `holding`.
  void arrive(Warp& warp, uint32_t barrier, uint32_t threads, Mask holding);
  // What lanes of the warp have done comes before what any of them does now.
  void synchronise(Warp& warp) { ++seen_by(warp.index())[warp.index()]; }
  void trigger(Warp& warp);
  void wait_for_predecessor(Warp& warp);

  void report(FindingKind kind, const std::string& what, Warp& warp, int lane,
              const Instruction& instruction);
  // Who accesses memory: the thread, and its order among others of the block.
  Access access(const Warp& warp, int lane) const;

  bool traces(const Warp& warp) const { return static_cast<int>(warp.index()) == traced_warp_; }
  int traced_lane() const { return traced_lane_; }

 private:
  struct Barrier {
    uint32_t arrived = 0, expected = 0;
    BarrierSum sum;
    std::vector<uint32_t> seen;  // as of a warp: what comes before its end
  };

  void resume_warps();
  void run_until_still();
  bool run_warps();
  bool any_in(WarpState state) const;
  void release_barriers();
  void release(uint32_t barrier);
  void report_why_stuck();
  std::string why_stuck(const Warp::Waiting& waiting) const;
  uint32_t exited_threads() const;
  uint32_t* seen_by(size_t warp) { return seen_.data() + warp * warps_.size(); }
  const uint32_t* seen_by(size_t warp) const { return seen_.data() + warp * warps_.size(); }

  Launch& launch_;
  uint64_t number_ = 0;
  uint32_t index_[3] = {0, 0, 0};
  bool pauses_ = false;
  int traced_warp_ = -1, traced_lane_ = -1;
  std::optional<SharedMemory> shared_;
  std::array<Barrier, kBarriers> barriers_;
  std::vector<std::unique_ptr<Warp>> warps_;
  // A row for each warp: Access::seen of its threads, its own stamp among them.
  std::vector<uint32_t> seen_;
  std::vector<uint64_t> budgets_;
};

}  // namespace ptxsim
