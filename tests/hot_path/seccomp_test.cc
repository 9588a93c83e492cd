// A million look-ups and launches in a process that any system call kills.
//
// The body runs in a child that was forked before this process used the library: the filter can't
// be taken off again, and a child of a process that had used the driver could not launch.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "hot_threads.h"
#include "seccomp_filter.h"
#include "stubdriver.h"

namespace fp4jit::hot_path {
namespace {

constexpr uint64_t kRounds = 1'000'000;

// What a child leaves to its parent, in memory that both see.
struct Report {
  bool under_filter = false;
  fp4jit_status status = -1;
  uint64_t launches = 0;
};

struct Ending {
  int wait_status = 0;
  Report report;

  bool killed_by_filter() const {
    return WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGSYS;
  }
};

Ending in_child(const std::function<void(Report&)>& body) {
  void* memory =
      mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* report = new (memory) Report;
  pid_t child = fork();
  if (child == 0) {
    body(*report);
    _exit(0);
  }
  Ending ending;
  waitpid(child, &ending.wait_status, 0);
  ending.report = *report;
  munmap(memory, sizeof(Report));
  return ending;
}

void require(const std::string& error) {
  if (error.empty()) return;
  fprintf(stderr, "%s\n", error.c_str());
  _exit(1);
}

// Ends the process: nothing may be torn down under the filter.
[[noreturn]] void run_filtered(Scenario scenario, uint64_t rounds, Report& report) {
  HotRuntime hot;
  require(hot.prepare());
  if (fp4jit_seal(hot.runtime(), scenario.seal) != FP4JIT_OK) require(fp4jit_last_error());
  HotThreads workers(hot, scenario.threads, rounds);
  uint64_t before = stubdriver_launches();
  require(forbid_system_calls());
  report.under_filter = true;
  report.status = workers.run();
  report.launches = stubdriver_launches() - before;
  _exit(0);
}

class UnderSeccomp : public testing::TestWithParam<Scenario> {};

TEST_P(UnderSeccomp, AMillionLookUpsAndLaunchesMakeNoSystemCall) {
  Ending ending = in_child([](Report& report) { run_filtered(GetParam(), kRounds, report); });
  EXPECT_FALSE(ending.killed_by_filter()) << "a system call was made";
  EXPECT_TRUE(WIFEXITED(ending.wait_status) && WEXITSTATUS(ending.wait_status) == 0)
      << ending.wait_status;
  EXPECT_TRUE(ending.report.under_filter);
  EXPECT_EQ(ending.report.status, FP4JIT_OK);
  EXPECT_EQ(ending.report.launches, kRounds * kLaunchesPerRound);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, UnderSeccomp, testing::ValuesIn(kScenarios), scenario_name);

class BrokenDriver : public testing::TestWithParam<const char*> {};

TEST_P(BrokenDriver, IsKilledByTheFilter) {
  setenv("STUBDRIVER_BREAK", GetParam(), 1);
  Ending ending = in_child([](Report& report) {
    run_filtered({FP4JIT_SEAL_HARD, 1}, 100, report);
  });
  EXPECT_TRUE(ending.killed_by_filter()) << ending.wait_status;
  EXPECT_TRUE(ending.report.under_filter);
  EXPECT_EQ(ending.report.status, -1) << "the rounds came to an end";
}

INSTANTIATE_TEST_SUITE_P(Deeds, BrokenDriver, testing::Values("syscall", "open", "stat", "read"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Seccomp, LeavesAProcessThatMakesNoCall) {
  Ending ending = in_child([](Report&) { require(forbid_system_calls()); });
  EXPECT_TRUE(WIFEXITED(ending.wait_status) && WEXITSTATUS(ending.wait_status) == 0);
}

}  // namespace
}  // namespace fp4jit::hot_path
