// What: kernels that are built while others serve their calls: a queue and at most one thread,
// which ends when the queue is empty.
// Threads: request and drain may be called from any thread. The end of a BackgroundBuilds drops the
// queue and waits for the build under way, which is told to stop; so does the end of the process,
// for a bounded time.
// Fork: a child has neither the thread nor the queue, and may begin anew.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "base/status.h"
#include "registry/kernel_key.h"
#include "spec/spec.h"

namespace fp4jit {

struct BackgroundCounters {
  uint64_t builds = 0;
  uint64_t failures = 0;
};

// The same while they are counted; failures are counted first.
struct BackgroundCounts {
  std::atomic<uint64_t> builds{0}, failures{0};
};

class BackgroundBuilds {
 public:
  // Called on the thread; a flag that is set tells it to stop.
  using Build = std::function<Status(const Spec&, int32_t device, const std::atomic<bool>* stop)>;

  explicit BackgroundBuilds(Build build);
  ~BackgroundBuilds();
  BackgroundBuilds(const BackgroundBuilds&) = delete;
  BackgroundBuilds& operator=(const BackgroundBuilds&) = delete;

  // Queues the build, unless it was asked for before: one that failed is not tried again until
  // drain has told of it.
  void request(const Spec& spec, int32_t device);

  // Waits until nothing is queued or under way.
  void wait() const;

  // Drops what is queued, waits for the one build under way, and forgets failures: each may be
  // asked for again.
  void drop();

  // Waits as `wait`. The first failure since the last drain, if any.
  Status drain();

  // Waits for nothing.
  BackgroundCounters counters() const;

  struct State;

 private:
  std::shared_ptr<State> state() const;  // this process's

  const Build build_;
  BackgroundCounts counts_;
  mutable std::mutex replacing_;  // guards state_
  mutable std::shared_ptr<State> state_;
};

}  // namespace fp4jit
