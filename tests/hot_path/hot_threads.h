// What: threads that exist and spin before the hot calls begin, and spin when they are done:
// between start and stop none of them makes a system call or calls anything but the library.
// Threads: used by one thread.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tools/bench/hot_calls.h"

namespace fp4jit::hot_path {

using bench::HotRuntime;
using bench::kLaunchesPerRound;

class HotThreads {
 public:
  // Each of `count` threads will make rounds/count rounds. Their first call of the library is among
  // those.
  HotThreads(const HotRuntime& hot, int count, uint64_t rounds);
  // Lets the threads end and waits for that.
  ~HotThreads();
  HotThreads(const HotThreads&) = delete;
  HotThreads& operator=(const HotThreads&) = delete;

  // Runs the rounds. The first status of a thread that is not OK.
  fp4jit_status run();

 private:
  struct alignas(128) Outcome {
    std::atomic<bool> done{false};
    fp4jit_status status = FP4JIT_OK;  // written before `done`
  };

  void work(size_t index, uint64_t rounds);

  const HotRuntime& hot_;
  std::atomic<size_t> waiting_{0};
  std::atomic<bool> go_{false}, end_{false};
  std::vector<std::unique_ptr<Outcome>> outcomes_;
  std::vector<std::thread> threads_;
};

}  // namespace fp4jit::hot_path
