// The end of a process does not wait for what is built in the background, and does not crash on it.
#include <gtest/gtest.h>
#include <spawn.h>

#include <chrono>
#include <iostream>
#include <vector>

#include "children.h"
#include "stub_runtime.h"

namespace fp4jit::life_cycle {
namespace {

constexpr int kRounds = 12;  // of each ending

// Of a build that is told to stop: not a measurement, but what nobody would call waiting.
constexpr double kNotBlocked = 1;  // seconds

struct Ended {
  std::string how;     // as ending_of
  double seconds = 0;  // that it took to end
};

double now() {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

Ended run_program(std::vector<std::string> words) {
  int output[2];
  require(pipe(output) == 0, "pipe");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  pid_t child = 0;
  require(posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) == 0,
          arguments[0]);
  posix_spawn_file_actions_destroy(&actions);
  close(output[1]);
  char byte = 0;
  bool has_come_far = read(output[0], &byte, 1) == 1;
  double begun = now();
  std::string how = ending_of(child);
  close(output[0]);
  if (!has_come_far) how += " (before its end began)";
  return {how, now() - begun};
}

class Ending : public testing::TestWithParam<const char*> {};

TEST_P(Ending, IsCleanAndSoonAtAnyMoment) {
  Folder folder;
  std::string store = folder.path("store");
  StubRuntime runtime(store);
  ASSERT_EQ(runtime.compile(0), FP4JIT_OK) << fp4jit_last_error();
  ASSERT_EQ(runtime.compile(16), FP4JIT_OK) << fp4jit_last_error();
  double longest = 0;
  for (int i = 0; i < kRounds; ++i) {
    std::string first = std::to_string(0x2000 * (i + 1));
    std::string wait = std::to_string(13'000 * i);  // a build begins every 70 000
    Ended ended = run_program({FP4JIT_ENDING_PROGRAM, store, GetParam(), first, wait});
    EXPECT_EQ(ended.how, "") << "after " << wait << " microseconds";
    longest = std::max(longest, ended.seconds);
  }
  std::cout << GetParam() << ": " << longest << " s at most\n";
  bool builds_to_the_end = std::string(GetParam()) == "pthread_exit";
  EXPECT_TRUE(builds_to_the_end || longest < kNotBlocked) << longest;
}

INSTANTIATE_TEST_SUITE_P(Ways, Ending,
                         testing::Values("return", "exit", "_exit", "quick_exit", "release",
                                         "pthread_exit"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace fp4jit::life_cycle
