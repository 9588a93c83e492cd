#include "registry/background_builds.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <optional>
#include <thread>

#include "base/exception_status.h"
#include "base/exit_gate.h"
#include "base/fork_gate.h"
#include "base/thread_end.h"

namespace fp4jit {

struct Wanted {
  Spec spec;
  KernelKey key;
};

// Shared with the thread, which ends by itself.
struct BackgroundBuilds::State {
  const uint64_t generation = fork_generation();
  std::atomic<bool> stop{false};
  std::mutex mutex;  // guards the rest
  std::condition_variable idle;
  bool running = false;           // there is a thread
  uint64_t begun = 0, ended = 0;  // builds
  std::deque<Wanted> queue;
  // Queued, under way, done or failed. What is done or failed is marked without memory, since a
  // thread has nobody to tell that there is none.
  std::map<KernelKey, bool> is_failed;
  Status first_failure;
};

namespace {

using State = BackgroundBuilds::State;
using Build = BackgroundBuilds::Build;

// Nothing: the thread is to end.
std::optional<Wanted> next(State& state) {
  std::lock_guard lock(state.mutex);
  if (state.stop || state.queue.empty()) {
    state.running = false;
    state.idle.notify_all();
    return std::nullopt;
  }
  ++state.begun;
  Wanted wanted = state.queue.front();
  state.queue.pop_front();
  return wanted;
}

void finish(State& state, BackgroundCounts& counts, const KernelKey& key, Status status) {
  if (!status.ok()) counts.failures.fetch_add(1, std::memory_order_relaxed);
  counts.builds.fetch_add(1, std::memory_order_release);
  std::lock_guard lock(state.mutex);
  ++state.ended;
  state.idle.notify_all();
  if (status.ok()) return;
  state.is_failed[key] = true;
  if (state.first_failure.ok()) state.first_failure = std::move(status);
}

// Each may be asked for again. The mutex is held.
void forget_failures(State& state) {
  std::erase_if(state.is_failed, [](const auto& known) { return known.second; });
}

Status build_one(State& state, const Build& build, const Wanted& wanted) {
  return without_exceptions([&]() -> Status {
    SlowPath slow;
    BusyUntilExit busy(&state.stop);
    // Under way or not at all: nobody waits any more once the process has ended its libraries.
    if (state.stop) return {StatusCode::kCancelled, "the process or the runtime ends"};
    return build(wanted.spec, wanted.key.device, &state.stop);
  });
}

// Neither a fork nor the end of the process comes between the last build and the thread's end,
// where NVRTC takes locks of its own.
struct Ending {
  explicit Ending(std::shared_ptr<State> of) : state(std::move(of)) {}

  std::shared_ptr<State> state;
  SlowPath slow;
  BusyUntilExit busy{&state->stop};
};

// `counts` lives until the state is no longer `running`.
void work(std::shared_ptr<State> state, BackgroundCounts* counts, Build build) {
  while (std::optional<Wanted> wanted = next(*state)) {
    finish(*state, *counts, wanted->key, build_one(*state, build, *wanted));
  }
  keep_until_thread_ends<Ending>(state);
}

}  // namespace

BackgroundBuilds::BackgroundBuilds(Build build) : build_(std::move(build)) {}

BackgroundBuilds::~BackgroundBuilds() {
  NoCancel no_cancel;
  std::shared_ptr<State> state = this->state();
  std::unique_lock lock(state->mutex);
  state->stop = true;
  state->idle.wait(lock, [&] { return !state->running; });
}

std::shared_ptr<State> BackgroundBuilds::state() const {
  SlowPath slow;
  std::lock_guard lock(replacing_);
  if (!state_ || state_->generation != fork_generation()) state_ = std::make_shared<State>();
  return state_;
}

void BackgroundBuilds::request(const Spec& spec, int32_t device) {
  SlowPath slow;
  std::shared_ptr<State> state = this->state();
  KernelKey key{pack_spec(spec), device};
  std::lock_guard lock(state->mutex);
  if (!state->is_failed.emplace(key, false).second) return;
  state->queue.push_back({spec, key});
  if (state->running) return;
  watch_exit();
  try {
    std::thread(work, state, &counts_, build_).detach();
    state->running = true;
  } catch (const std::exception&) {
    // No thread to be had: the next miss of this kernel asks again.
    state->queue.pop_back();
    state->is_failed.erase(key);
  }
}

void BackgroundBuilds::wait() const {
  NoCancel no_cancel;
  std::shared_ptr<State> state = this->state();
  std::unique_lock lock(state->mutex);
  state->idle.wait(lock, [&] { return !state->running; });
}

void BackgroundBuilds::drop() {
  NoCancel no_cancel;
  std::shared_ptr<State> state = this->state();
  std::unique_lock lock(state->mutex);
  for (const Wanted& wanted : state->queue) state->is_failed.erase(wanted.key);
  state->queue.clear();
  // Not for an idle thread: others may ask for more all the time.
  state->idle.wait(lock, [&, under_way = state->begun] { return state->ended >= under_way; });
  forget_failures(*state);
}

Status BackgroundBuilds::drain() {
  wait();
  std::shared_ptr<State> state = this->state();
  std::lock_guard lock(state->mutex);
  forget_failures(*state);
  return std::exchange(state->first_failure, Status());
}

BackgroundCounters BackgroundBuilds::counters() const {
  uint64_t builds = counts_.builds.load(std::memory_order_acquire);
  return {builds, counts_.failures.load(std::memory_order_relaxed)};
}

}  // namespace fp4jit
