// Many threads, and threads that end early, on one runtime.
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "held_log.h"
#include "stub_runtime.h"
#include "stubdriver.h"

namespace fp4jit::life_cycle {
namespace {

class Threads : public testing::Test {
 protected:
  Folder folder;
  std::string store = folder.path("store");
};

// The compile waits until all the others wait for it.
TEST_F(Threads, SixtyFourThatMissOneKeyMakeItOnce) {
  constexpr uint64_t kThreads = 64;
  fp4jit_config config = stub_config(store);
  HeldLog log(&config, "compiled ");
  StubRuntime runtime(config);
  uint64_t libraries = stubdriver_libraries(), launches = stubdriver_launches();
  std::atomic<int> launched{0};
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      if (runtime.launch_spec(304) == FP4JIT_OK) ++launched;
    });
  }
  log.wait_until_held();
  while (runtime.counters().waits < kThreads - 1) usleep(1'000);
  log.let_go();
  for (std::thread& thread : threads) thread.join();
  fp4jit_counters counters = runtime.counters();
  EXPECT_EQ(launched, 64);
  EXPECT_EQ(counters.compiles, 1u);
  EXPECT_EQ(counters.loads, 1u);
  EXPECT_EQ(counters.kernels, 1u);
  EXPECT_EQ(counters.waits, kThreads - 1);
  EXPECT_EQ(counters.launches, kThreads);
  EXPECT_EQ(counters.launch_misses, kThreads);
  EXPECT_EQ(counters.built_misses, kThreads);
  EXPECT_EQ(stubdriver_libraries() - libraries, 1u);
  EXPECT_EQ(stubdriver_launches() - launches, kThreads);
}

// More than there are lines to count on.
TEST_F(Threads, TwoHundredAtOnceAndInSequenceAreCountedExactly) {
  constexpr uint64_t kThreads = 200, kCalls = 100;
  StubRuntime runtime(store);
  ASSERT_EQ(runtime.load(16), FP4JIT_OK) << fp4jit_last_error();
  auto call = [&] {
    fp4jit_kernel kernel = 0;
    for (uint64_t i = 0; i < kCalls; ++i) {
      require(runtime.find(16, &kernel) == FP4JIT_OK, "find");
      require(runtime.launch(kernel, 16) == FP4JIT_OK, "launch");
    }
  };
  for (uint64_t i = 0; i < kThreads; ++i) std::thread(call).join();
  EXPECT_EQ(runtime.counters().hits, kThreads * kCalls);
  std::atomic<uint64_t> done{0};
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      call();
      for (++done; done < kThreads;) usleep(100);  // all lives overlap
    });
  }
  for (std::thread& thread : threads) thread.join();
  fp4jit_counters counters = runtime.counters();
  EXPECT_EQ(counters.hits, 2 * kThreads * kCalls);
  EXPECT_EQ(counters.launches, 2 * kThreads * kCalls);
  EXPECT_EQ(counters.look_ups, 2 * kThreads * kCalls);
}

// Not pause(): the thread sanitizer leaves a thread that is cancelled in a blocking call with its
// atomics unseen, also those of what it does at its end.
[[noreturn]] void wait_to_be_cancelled() {
  while (true) {
    pthread_testcancel();
    sched_yield();
  }
}

void* launch_and_exit(void* runtime) {
  require(static_cast<StubRuntime*>(runtime)->launch_spec(16) == FP4JIT_OK, "launch_spec");
  pthread_exit(nullptr);
}

void* launch_and_be_cancelled(void* runtime) {
  require(static_cast<StubRuntime*>(runtime)->launch_spec(16) == FP4JIT_OK, "launch_spec");
  wait_to_be_cancelled();
}

TEST_F(Threads, ThatEndAfterTheirFirstCallAreCounted) {
  StubRuntime runtime(store);
  ASSERT_EQ(runtime.load(16), FP4JIT_OK) << fp4jit_last_error();
  for (auto* body : {launch_and_exit, launch_and_be_cancelled}) {
    for (int i = 0; i < 150; ++i) {
      pthread_t thread;
      ASSERT_EQ(pthread_create(&thread, nullptr, body, &runtime), 0);
      if (body == launch_and_be_cancelled) pthread_cancel(thread);
      void* ended = nullptr;
      ASSERT_EQ(pthread_join(thread, &ended), 0);
      EXPECT_EQ(ended == PTHREAD_CANCELED, body == launch_and_be_cancelled);
    }
  }
  EXPECT_EQ(runtime.counters().hits, 300u);
}

// Cancelled while it compiles, and others wait for it.
TEST_F(Threads, OneThatIsCancelledInABuildEndsTheBuildFirst) {
  fp4jit_config config = stub_config(store);
  HeldLog log(&config, "compiled ");
  StubRuntime runtime(config);
  pthread_t leader;
  auto build = [](void* runtime) -> void* {
    static_cast<StubRuntime*>(runtime)->launch_spec(320);
    wait_to_be_cancelled();
  };
  ASSERT_EQ(pthread_create(&leader, nullptr, build, &runtime), 0);
  log.wait_until_held();
  std::thread waiter(
      [&] { EXPECT_EQ(runtime.launch_spec(320), FP4JIT_OK) << fp4jit_last_error(); });
  while (runtime.counters().waits < 1) usleep(1'000);
  pthread_cancel(leader);
  log.let_go();
  void* ended = nullptr;
  ASSERT_EQ(pthread_join(leader, &ended), 0);
  EXPECT_EQ(ended, PTHREAD_CANCELED);
  waiter.join();
  EXPECT_EQ(runtime.counters().launches, 2u);
  EXPECT_EQ(runtime.counters().compiles, 1u);
  EXPECT_EQ(runtime.load(320), FP4JIT_OK) << fp4jit_last_error();
}

}  // namespace
}  // namespace fp4jit::life_cycle
