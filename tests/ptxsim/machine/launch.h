// What: one launch while it runs: what all its blocks share, and where the checker's findings go.
// Threads: blocks of a launch run on several host threads; report() and the counters may be called
// from all of them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/ptxsim/checker/device_memory.h"
#include "tests/ptxsim/checker/findings.h"
#include "tests/ptxsim/machine/program.h"

namespace ptxsim {

// A thread at an instruction; both numbers count along x first.
struct Spot {
  uint64_t block;
  uint32_t thread;
  const Instruction* instruction;
};

class Launch {
 public:
  std::shared_ptr<const Program> program;
  uint32_t grid[3] = {1, 1, 1}, block[3] = {1, 1, 1};
  uint32_t shared_bytes = 0;  // static and dynamic
  std::vector<uint8_t> parameters;
  DeviceMemory* memory = nullptr;
  std::function<void(const std::string&)> print;
  uint64_t id = 0;      // counts from 1
  uint64_t budget = 0;  // instructions of a warp

  // Launches whose writes may not be seen: before griddepcontrol.wait, and after it.
  LaunchNames withheld_before_wait, withheld_after_wait;
  bool predecessor_completed = true;
  std::atomic<bool> waited = false, triggered_before_wait = false;

  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }
  // The first finding stops the launch; those that other threads make meanwhile are not told.
  void report(FindingKind kind, const std::string& what, const Spot& spot);
  CUresult code() const { return code_; }

  uint32_t threads_of_block() const { return block[0] * block[1] * block[2]; }
  uint32_t thread_index(uint32_t thread, int axis) const;
  uint64_t blocks() const { return uint64_t{grid[0]} * grid[1] * grid[2]; }

  // What was touched before the wait, while the predecessor may still have been running: looked at
  // again when it has completed.
  void remember(const Touch& touch, const Spot& spot);
  void check_touches();
  // What may not be touched yet, for messages.
  static std::string before_wait_text();
  static std::string after_wait_text();

  std::atomic<uint64_t> thread_instructions = 0;

 private:
  Place place_of(const Spot& spot) const;

  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  CUresult code_ = CUDA_SUCCESS;
  std::vector<std::pair<Touch, Spot>> touches_;
};

}  // namespace ptxsim
