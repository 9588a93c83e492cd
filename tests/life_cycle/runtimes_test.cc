// Runtimes that come and go: what is loaded stays, once; what was theirs is given back.
#include <gtest/gtest.h>
#include <string.h>

#include <memory>
#include <vector>

#include "stub_runtime.h"
#include "stubdriver.h"

namespace fp4jit::life_cycle {
namespace {

constexpr size_t kMostRuntimes = 4096;

class Runtimes : public testing::Test {
 protected:
  Runtimes() { setenv("FP4JIT_ON_MISS", "generic", 1); }
  ~Runtimes() override { unsetenv("FP4JIT_ON_MISS"); }

  Folder folder;
  std::string store = folder.path("store");
};

TEST_F(Runtimes, LoadAnArtifactOnceHoweverManyUseIt) {
  uint64_t before = stubdriver_libraries();
  for (int i = 0; i < 50; ++i) {
    StubRuntime runtime(store);
    for (uint32_t k : {208, 224}) {
      for (int32_t device : {0, 1}) {
        ASSERT_EQ(runtime.load(k, device), FP4JIT_OK) << fp4jit_last_error();
      }
    }
    EXPECT_EQ(runtime.counters().compiles, i == 0 ? 3u : 0u);  // with the run-time K
    EXPECT_EQ(runtime.counters().loads, 6u);
  }
  EXPECT_EQ(stubdriver_libraries() - before, 3u);
}

TEST_F(Runtimes, BeyondTheMostAreRefusedUntilOneIsReleased) {
  fp4jit_config config = stub_config(store);
  std::vector<std::unique_ptr<StubRuntime>> living;
  while (living.size() < kMostRuntimes) living.push_back(std::make_unique<StubRuntime>(config));
  fp4jit_runtime* one_more = nullptr;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(fp4jit_runtime_create(&config, &one_more), FP4JIT_E_OUT_OF_MEMORY);
    EXPECT_EQ(one_more, nullptr);
    EXPECT_NE(strstr(fp4jit_last_error(), "4096 runtimes"), nullptr) << fp4jit_last_error();
    EXPECT_NE(strstr(fp4jit_last_error(), "release"), nullptr) << fp4jit_last_error();
    living[static_cast<size_t>(1000 * i)]->release();
    EXPECT_EQ(fp4jit_runtime_create(&config, &one_more), FP4JIT_OK) << fp4jit_last_error();
  }
  EXPECT_EQ(living[1]->counters().kernels, 0u);
}

// Each ends while it has builds queued and under way, and another one has, too.
TEST_F(Runtimes, EndWhileTheyAndOthersBuild) {
  StubRuntime other(store);
  ASSERT_EQ(other.load(16), FP4JIT_OK) << fp4jit_last_error();
  constexpr uint32_t kOthers = 5;
  for (uint32_t i = 0; i < kOthers; ++i) {
    ASSERT_EQ(other.launch_spec(0x2000 + 16 * i), FP4JIT_OK) << fp4jit_last_error();
    StubRuntime runtime(store);
    ASSERT_EQ(runtime.load(16), FP4JIT_OK) << fp4jit_last_error();
    for (uint32_t k = 0x4000; k < 0x6000; k += 0x100) {
      ASSERT_EQ(runtime.launch_spec(k + 16 * i), FP4JIT_OK) << fp4jit_last_error();
    }
    EXPECT_EQ(runtime.counters().generic_misses, 32u);
    EXPECT_LT(runtime.counters().background_builds, 32u);
  }
  EXPECT_EQ(fp4jit_drain(other.get()), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(other.counters().background_builds, kOthers);
  EXPECT_EQ(other.counters().background_failures, 0u);
}

}  // namespace
}  // namespace fp4jit::life_cycle
