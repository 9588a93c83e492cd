// What: keeps fork() and the library's slow paths apart, so that no lock of ours is held in a child
// and nobody there waits for a thread that the child does not have. fork() waits for the slow paths
// under way, each one compile or load at most, and never more than ten seconds; they wait for the
// fork.
// Threads: a SlowPath belongs to the thread that made it, and may be nested. A thread that forks
// inside one (as libcuda does to load its kernel module) waits for nobody; its child must exec. A
// thread is not cancelled inside one, but after it.
#pragma once

#include <cstdint>

#include "base/no_cancel.h"

namespace fp4jit {

class SlowPath {
 public:
  SlowPath();
  ~SlowPath();
  SlowPath(const SlowPath&) = delete;
  SlowPath& operator=(const SlowPath&) = delete;

 private:
  NoCancel no_cancel_;
};

// How many forks lie between the process that took the first slow path and this one. What was set
// up under another number may hold threads and locks that are not here.
uint64_t fork_generation();

}  // namespace fp4jit
