#include "device/fork_guard.h"

#include <pthread.h>

#include <atomic>
#include <mutex>

namespace fp4jit {
namespace {

// A fact about the process, like the table of loaded libraries: fork() hands the handler no
// context.
std::atomic<bool> lost_to_fork{false};
std::once_flag installed;

}  // namespace

void note_driver_initialised() {
  std::call_once(installed, [] {
    pthread_atfork(nullptr, nullptr, [] { lost_to_fork.store(true, std::memory_order_relaxed); });
  });
}

bool driver_lost_to_fork() {
  return lost_to_fork.load(std::memory_order_relaxed);
}

Status forked_status() {
  return {
      StatusCode::kForked,
      "this process is a child of fork() whose parent had initialised the CUDA driver, which does "
      "not survive that: compiling works, loading and launching do not; start workers with spawn "
      "or exec, or fork before the first load"};
}

}  // namespace fp4jit
