#include "device/fork_guard.h"

#include <atomic>

#include "base/fork_gate.h"

namespace fp4jit {
namespace {

// The fork_generation() in which the driver was initialised, and 1; 0: it was not. A fact about the
// process, like the table of loaded libraries.
std::atomic<uint64_t> initialised_in{0};

}  // namespace

void note_driver_initialised() {
  SlowPath counted;  // forks are, from the first slow path on
  uint64_t never = 0;
  initialised_in.compare_exchange_strong(never, fork_generation() + 1);
}

bool driver_lost_to_fork() {
  uint64_t in = initialised_in.load(std::memory_order_relaxed);
  return in != 0 && in != fork_generation() + 1;
}

Status forked_status() {
  return {
      StatusCode::kForked,
      "this process is a child of fork() whose parent had initialised the CUDA driver, which does "
      "not survive that: compiling works, loading and launching do not; start workers with spawn "
      "or exec, or fork before the first load"};
}

}  // namespace fp4jit
