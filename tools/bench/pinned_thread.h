// What: keeps the calling thread on one core for a scope, so that threads that are measured
// together run at once where they can.
// Threads: each object belongs to the thread that made it.
#pragma once

#include <sched.h>

namespace fp4jit::bench {

class PinnedThread {
 public:
  // On the `index`th core that this process may use, counted round.
  explicit PinnedThread(int index) {
    CPU_ZERO(&before_);
    sched_getaffinity(0, sizeof before_, &before_);
    int wanted = index % CPU_COUNT(&before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &before_) && wanted-- == 0) CPU_SET(core, &one);
    }
    sched_setaffinity(0, sizeof one, &one);
  }
  ~PinnedThread() { sched_setaffinity(0, sizeof before_, &before_); }
  PinnedThread(const PinnedThread&) = delete;
  PinnedThread& operator=(const PinnedThread&) = delete;

 private:
  cpu_set_t before_;
};

}  // namespace fp4jit::bench
