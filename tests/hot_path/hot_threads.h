// What: threads that exist and spin before the hot calls begin, and spin when they are done:
// between start and stop none of them makes a system call or calls anything but the library.
// Threads: used by one thread.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tools/bench/hot_calls.h"

namespace fp4jit::hot_path {

using bench::HotRuntime;
using bench::kLaunchesPerRound;

// How a proof is run: sealed HARD or merely warm, on how many threads.
struct Scenario {
  fp4jit_seal_mode seal;
  int threads;
};
inline constexpr Scenario kScenarios[] = {
    {FP4JIT_SEAL_HARD, 1}, {FP4JIT_SEAL_HARD, 8}, {FP4JIT_SEAL_OFF, 1}, {FP4JIT_SEAL_OFF, 8}};
std::string scenario_name(const testing::TestParamInfo<Scenario>& info);

void PrintTo(const Scenario& scenario, std::ostream* out);

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
