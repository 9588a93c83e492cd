#include "base/exit_gate.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <set>

namespace fp4jit {
namespace {

// A compile ends some milliseconds after it is told to; a driver that hangs must not keep the
// process.
constexpr auto kLongestWait = std::chrono::seconds(2);

// About the process, like what exit() works on; never destroyed, since threads may end after it.
struct ExitGate {
  std::mutex mutex;
  std::condition_variable left;
  bool exiting = false;
  std::multiset<std::atomic<bool>*> busy;
};

ExitGate& gate() {
  static auto* made = new ExitGate;
  return *made;
}

void stop_and_wait() {
  ExitGate& here = gate();
  std::unique_lock lock(here.mutex);
  here.exiting = true;
  for (std::atomic<bool>* stop : here.busy) stop->store(true);
  here.left.wait_for(lock, kLongestWait, [&] { return here.busy.empty(); });
}

}  // namespace

void watch_exit() {
  std::atexit(stop_and_wait);
}

BusyUntilExit::BusyUntilExit(std::atomic<bool>* stop) : stop_(stop) {
  ExitGate& here = gate();
  std::lock_guard lock(here.mutex);
  if (here.exiting) stop_->store(true);
  here.busy.insert(stop_);
}

BusyUntilExit::~BusyUntilExit() {
  ExitGate& here = gate();
  std::lock_guard lock(here.mutex);
  here.busy.erase(here.busy.find(stop_));
  if (here.busy.empty()) here.left.notify_all();
}

}  // namespace fp4jit
