#include "base/exit_gate.h"

#include <link.h>

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
  std::mutex mutex;  // guards the rest
  std::condition_variable left;
  bool exiting = false;
  std::chrono::steady_clock::time_point deadline;  // of the wait, from `exiting` on
  uint64_t libraries = 0;  // that had been opened when exit was last watched
  std::multiset<std::atomic<bool>*> busy;
  std::set<const std::function<void()>*> actions;
};

ExitGate& gate() {
  static auto* made = new ExitGate;
  return *made;
}

void stop_and_wait() {
  ExitGate& here = gate();
  std::unique_lock lock(here.mutex);
  if (!here.exiting) here.deadline = std::chrono::steady_clock::now() + kLongestWait;
  here.exiting = true;
  for (std::atomic<bool>* stop : here.busy) stop->store(true);
  here.left.wait_until(lock, here.deadline, [&] { return here.busy.empty(); });
  for (const std::function<void()>* action : here.actions) (*action)();
}

uint64_t libraries_opened() {
  uint64_t opened = 0;
  auto read = [](dl_phdr_info* info, size_t, void* out) {
    *static_cast<uint64_t*>(out) = info->dlpi_adds;
    return 1;  // all entries say the same
  };
  dl_iterate_phdr(read, &opened);
  return opened;
}

}  // namespace

void watch_exit_anew() {
  std::atexit(stop_and_wait);
}

void watch_exit() {
  uint64_t opened = libraries_opened();
  ExitGate& here = gate();
  std::lock_guard lock(here.mutex);
  if (here.libraries == opened) return;
  if (std::atexit(stop_and_wait) == 0) here.libraries = opened;
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

DoneAtExit::DoneAtExit(std::function<void()> action) : action_(std::move(action)) {
  watch_exit();
  ExitGate& here = gate();
  std::lock_guard lock(here.mutex);
  here.actions.insert(&action_);
}

DoneAtExit::~DoneAtExit() {
  ExitGate& here = gate();
  std::lock_guard lock(here.mutex);
  here.actions.erase(&action_);
}

}  // namespace fp4jit
