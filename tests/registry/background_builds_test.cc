// Builds off the caller's thread: once each, drained, ended with their owner, lost in a child.
#include "registry/background_builds.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "spec/text.h"

namespace fp4jit {
namespace {

Spec spec_of(int k) {
  return *parse_spec("nvfp4_quantize[k=" + std::to_string(k) + ",in=bf16,layout=linear]@sm_90");
}

class Background : public testing::Test {
 protected:
  BackgroundBuilds::Build counting() {
    return [this](const Spec& spec, int32_t, const std::atomic<bool>*) {
      std::lock_guard lock(mutex);
      built.insert(spec.k);
      return status;
    };
  }

  std::mutex mutex;
  std::multiset<uint32_t> built;
  Status status;
};

TEST_F(Background, BuildsEachOnce) {
  BackgroundBuilds builds(counting());
  for (int round = 0; round < 3; ++round) {
    for (int k = 16; k <= 160; k += 16) builds.request(spec_of(k), 0);
    EXPECT_TRUE(builds.drain().ok());
  }
  EXPECT_EQ(built.size(), 10u);
  EXPECT_EQ(builds.counters().builds, 10u);
}

TEST_F(Background, TellsOfTheFirstFailureOnceAndTriesAgainThen) {
  status = {StatusCode::kCompile, "no"};
  BackgroundBuilds builds(counting());
  builds.request(spec_of(16), 0);
  builds.wait();
  builds.request(spec_of(16), 0);
  EXPECT_EQ(builds.drain().code(), StatusCode::kCompile);
  EXPECT_EQ(built.size(), 1u) << "not before drain has told";
  builds.request(spec_of(16), 0);
  EXPECT_EQ(builds.drain().code(), StatusCode::kCompile);
  EXPECT_EQ(built.size(), 2u);
  EXPECT_EQ(builds.counters().failures, 2u);
}

TEST_F(Background, TakesAnExceptionForAFailure) {
  BackgroundBuilds builds([](const Spec&, int32_t, const std::atomic<bool>*) -> Status {
    throw std::runtime_error("thrown");
  });
  builds.request(spec_of(16), 0);
  EXPECT_EQ(builds.drain().message(), "thrown");
}

TEST_F(Background, StopsWithItsOwner) {
  std::atomic<int> begun{0};
  {
    BackgroundBuilds builds([&](const Spec&, int32_t, const std::atomic<bool>* stop) -> Status {
      ++begun;
      while (!stop->load()) std::this_thread::yield();
      return {StatusCode::kCancelled, "stopped"};
    });
    for (int k = 16; k <= 160; k += 16) builds.request(spec_of(k), 0);
    while (begun == 0) std::this_thread::yield();
  }
  EXPECT_EQ(begun, 1) << "the queue was dropped";
}

// The process ends while a build is under way, which is told to stop first, and is waited for.
TEST_F(Background, IsStoppedByTheEndOfTheProcess) {
  auto end_while_building = [] {
    // Never destroyed: nothing but the exit tells it.
    static std::atomic<bool> begun{false};
    static auto* builds =
        new BackgroundBuilds([](const Spec&, int32_t, const std::atomic<bool>* stop) {
          begun = true;
          while (!stop->load()) std::this_thread::yield();
          std::fputs("stopped", stderr);
          return Status();
        });
    for (int k = 16; k <= 1600; k += 16) builds->request(spec_of(k), 0);
    while (!begun) std::this_thread::yield();
    std::exit(0);
  };
  EXPECT_EXIT(end_while_building(), testing::ExitedWithCode(0), "^stopped$");
}

// Forked with a thread at work and a queue that is never empty, of which the child has neither:
// each build asks for another, on a device of its own, until it is told to stop that.
TEST_F(Background, BeginsAnewInAChild) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the thread sanitizer starts no thread in a child of a process that had several";
#endif
#ifdef FP4JIT_EMULATED
  GTEST_SKIP() << "qemu-user aborts when a child of a process that had several threads starts one";
#endif
  std::atomic<bool> begun{false}, goes_on{true};
  BackgroundBuilds* self = nullptr;
  BackgroundBuilds builds([&](const Spec& spec, int32_t device, const std::atomic<bool>*) {
    begun = true;
    if (goes_on) self->request(spec, device + 1);
    return Status();
  });
  self = &builds;
  builds.request(spec_of(16), 0);
  while (!begun) std::this_thread::yield();
  pid_t child = fork();
  if (child == 0) {
    alarm(20);
    goes_on = false;
    uint64_t copied = builds.counters().builds;
    builds.request(spec_of(16), 0);  // the parent's first
    bool ok = builds.drain().ok() && builds.counters().builds == copied + 1;
    _exit(ok ? 0 : 1);
  }
  goes_on = false;
  int ended = 0;
  waitpid(child, &ended, 0);
  EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 0) << ended;
}

}  // namespace
}  // namespace fp4jit
