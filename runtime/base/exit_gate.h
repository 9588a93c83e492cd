// What: keeps the end of the process and a thread of ours apart: exit() destroys the compiler's
// library and shuts the driver down, which must not happen under a build. exit() tells the threads
// at work to stop, and waits for them for a bounded time.
// Threads: all of it may be called from any thread.
#pragma once

#include <atomic>
#include <functional>

namespace fp4jit {

// Call it after the libraries that the work uses are open: what is registered last runs first.
// Costs nothing more when no library was opened since.
void watch_exit();

// The same, when it is not known what a library has registered since: 32 bytes a call.
void watch_exit_anew();

// For as long as it lives, exit() sets *stop and waits.
class BusyUntilExit {
 public:
  explicit BusyUntilExit(std::atomic<bool>* stop);
  ~BusyUntilExit();
  BusyUntilExit(const BusyUntilExit&) = delete;
  BusyUntilExit& operator=(const BusyUntilExit&) = delete;

 private:
  std::atomic<bool>* stop_;
};

// For as long as it lives, exit() calls `action`, after it has stopped the threads at work.
class DoneAtExit {
 public:
  explicit DoneAtExit(std::function<void()> action);
  ~DoneAtExit();
  DoneAtExit(const DoneAtExit&) = delete;
  DoneAtExit& operator=(const DoneAtExit&) = delete;

 private:
  std::function<void()> action_;
};

}  // namespace fp4jit
