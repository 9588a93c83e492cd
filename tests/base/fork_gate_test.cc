// A child of fork() holds no lock of a slow path, and has nobody to wait for.
#include "base/fork_gate.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace fp4jit {
namespace {

// The exit code of `body`, run in a child; -1 where it does not end by itself.
template <class Body>
int in_child(Body body) {
  pid_t child = fork();
  if (child == 0) {
    alarm(20);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ForkGate, ForkWaitsForSlowPathsOfOtherThreads) {
  std::mutex ours;  // what a slow path may hold
  std::atomic<bool> inside{false}, stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop.load()) {
        SlowPath slow;
        std::lock_guard lock(ours);
        inside = true;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
    });
  }
  while (!inside.load()) std::this_thread::yield();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(in_child([&] { return ours.try_lock() ? 0 : 1; }), 0);
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

TEST(ForkGate, AChildGoesOnWithSlowPathsAndForksOfItsOwn) {
  { SlowPath first; }
  uint64_t before = fork_generation();
  EXPECT_EQ(in_child([&] {
              { SlowPath slow; }
              if (fork_generation() != before + 1) return 1;
              std::thread([] { SlowPath slow; }).join();
              return in_child([&] { return fork_generation() == before + 2 ? 0 : 2; });
            }),
            0);
  EXPECT_EQ(fork_generation(), before);
}

TEST(ForkGate, AForkInsideASlowPathWaitsForNobody) {
  SlowPath outer;
  SlowPath inner;
  std::atomic<bool> other_inside{false}, stop{false};
  std::thread other([&] {
    SlowPath slow;
    other_inside = true;
    while (!stop.load()) std::this_thread::yield();
  });
  while (!other_inside.load()) std::this_thread::yield();
  EXPECT_EQ(in_child([] { return 0; }), 0);
  stop = true;
  other.join();
}

}  // namespace
}  // namespace fp4jit
