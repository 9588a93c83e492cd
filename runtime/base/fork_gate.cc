#include "base/fork_gate.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace fp4jit {
namespace {

struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;                 // threads in a slow path
  bool forking = false;           // a fork waits, or is under way
  const Gate* parents = nullptr;  // the gate before a fork, kept for leak checkers to find
};

// Facts about the process: the handlers of fork() get no context.
std::atomic<Gate*> gate{nullptr};
std::atomic<uint64_t> generation{0};
std::once_flag installed;
thread_local int depth = 0;  // of nested slow paths of this thread

// A slow path may itself wait for the forking thread: for an interpreter's lock, in a log callback;
// or, before glibc 2.36, for fork()'s own, in a library that registers handlers. Its child is then
// like one that was forked inside a slow path.
constexpr auto kLongestWait = std::chrono::seconds(10);

void before_fork() {
  if (depth > 0) return;
  NoCancel no_cancel;  // nobody else would open the gate again
  Gate& here = *gate.load();
  std::unique_lock lock(here.mutex);
  here.changed.wait(lock, [&] { return !here.forking; });
  here.forking = true;
  here.changed.wait_for(lock, kLongestWait, [&] { return here.inside == 0; });
  lock.release();  // held while the process is copied
}

void after_fork_in_parent() {
  if (depth > 0) return;
  Gate& here = *gate.load();
  here.forking = false;
  here.mutex.unlock();
  here.changed.notify_all();
}

// The old gate may count waiters that are not here.
void after_fork_in_child() {
  auto* here = new Gate;
  here->parents = gate.load();
  here->inside = depth > 0 ? 1 : 0;
  gate.store(here);
  generation.fetch_add(1);
}

void install() {
  gate.store(new Gate);
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

}  // namespace

SlowPath::SlowPath() {
  if (depth++ > 0) return;
  std::call_once(installed, install);
  Gate& here = *gate.load();
  std::unique_lock lock(here.mutex);
  here.changed.wait(lock, [&] { return !here.forking; });
  ++here.inside;
}

SlowPath::~SlowPath() {
  if (--depth > 0) return;
  Gate& here = *gate.load();
  std::lock_guard lock(here.mutex);
  --here.inside;
  if (here.forking) here.changed.notify_all();
}

uint64_t fork_generation() {
  return generation.load(std::memory_order_relaxed);
}

}  // namespace fp4jit
