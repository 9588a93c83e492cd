// What: runs the blocks of a launch, over all cores, and holds those that stand still at
// griddepcontrol.
// Threads: one caller at a time; it starts threads of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tests/ptxsim/machine/block.h"

namespace ptxsim {

// How many blocks of a grid are held at once: as a GPU of this size would have them resident.
inline constexpr uint64_t kResidentBlocks = 16;

class Grid {
 public:
  explicit Grid(std::unique_ptr<Launch> launch);

  Launch& launch() { return *launch_; }

  // Starts the first blocks, which go as far as the wait.
  void run_prologues();
  // Runs everything to its end, except that with `pauses` the last blocks stand still once they
  // have triggered.
  void run(bool pauses);
  bool completed() const { return next_ == launch_->blocks() && held_.empty(); }

 private:
  void run_new(uint64_t count, bool pauses, bool keeps);
  void run_held(bool pauses);

  std::unique_ptr<Launch> launch_;
  uint64_t next_ = 0;  // the first block that has not started
  std::vector<std::unique_ptr<Block>> held_;
};

}  // namespace ptxsim
