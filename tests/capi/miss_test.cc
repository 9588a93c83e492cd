// fp4jit_launch_spec on hits and on every kind of miss, the seal and the counters, over a driver
// that launches nothing.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "runtime_fixture.h"
#include "stubdriver.h"

namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kText = "nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90";
constexpr const char* kOtherText = "nvfp4_quantize[k=96,in=bf16,layout=128x4]@sm_90";

class Miss : public RuntimeFixture {
 protected:
  Miss() {
    setenv("STUBDRIVER_SM", "90", 1);
    config.driver_path = STUBDRIVER;
    create();
    args.struct_size = sizeof args;
    args.m = 3;
    args.input = reinterpret_cast<void*>(0x100000);
    args.global_scale = reinterpret_cast<float*>(0x200000);
    args.data = reinterpret_cast<void*>(0x300000);
    args.sf = reinterpret_cast<void*>(0x400000);
    args.stream = reinterpret_cast<void*>(0x77);
  }

  fp4jit_status launch(const fp4jit_spec& what) {
    return fp4jit_launch_spec(runtime, &what, 0, &args);
  }

  const fp4jit_spec spec = spec_of(kText), other = spec_of(kOtherText);
  fp4jit_launch_args args = {};
};

TEST_F(Miss, IsBuiltOnceAndIsAHitFromThenOn) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(launch(spec), FP4JIT_OK) << fp4jit_last_error();
  fp4jit_kernel kernel = 0;
  EXPECT_EQ(fp4jit_find(runtime, &spec, 0, &kernel), FP4JIT_OK);
  EXPECT_EQ(fp4jit_find(runtime, &other, 0, &kernel), FP4JIT_E_NOT_PREPARED);
  fp4jit_counters seen = counters();
  EXPECT_EQ(seen.launches, 3u);
  EXPECT_EQ(seen.hits, 3u);
  EXPECT_EQ(seen.launch_misses, 1u);
  EXPECT_EQ(seen.built_misses, 1u);
  EXPECT_EQ(seen.find_misses, 1u);
  EXPECT_EQ(seen.look_ups, 5u);
  EXPECT_EQ(seen.compiles, 1u);
  EXPECT_GT(seen.compile_seconds, 0);
  EXPECT_GT(seen.load_seconds, 0);
}

// What could not be launched must not cost a build, and what has no rows needs none.
TEST_F(Miss, OfACallThatIsWrongOrEmptyBuildsNothing) {
  args.data = nullptr;
  EXPECT_EQ(launch(spec), FP4JIT_E_INVALID_ARGUMENT);
  args.m = 0;
  EXPECT_EQ(launch(spec), FP4JIT_OK);
  EXPECT_EQ(counters().compiles, 0u);
  EXPECT_EQ(counters().driver_opened, 0);
  EXPECT_EQ(counters().launches, 0u);
}

TEST_F(Miss, InACaptureIsRefusedAndTouchesNothing) {
  ASSERT_EQ(launch(spec), FP4JIT_OK) << fp4jit_last_error();
  fp4jit_counters before = counters();
  stubdriver_set_capturing(args.stream, 1);
  EXPECT_EQ(launch(other), FP4JIT_E_NOT_PREPARED_IN_CAPTURE);
  EXPECT_THAT(fp4jit_last_error(), AllOf(HasSubstr(kOtherText), HasSubstr("fp4jit prewarm")));
  EXPECT_EQ(launch(spec), FP4JIT_OK) << "a hit is not asked about";
  stubdriver_set_capturing(args.stream, 0);
  EXPECT_EQ(counters().capture_misses, 1u);
  EXPECT_EQ(counters().io_ops, before.io_ops);
}

TEST_F(Miss, AfterASealIsRefusedUntilItIsTakenBack) {
  ASSERT_EQ(launch(spec), FP4JIT_OK) << fp4jit_last_error();
  ASSERT_EQ(fp4jit_seal(runtime, FP4JIT_SEAL_HARD), FP4JIT_OK);
  uint64_t io_ops = counters().io_ops;
  fp4jit_kernel kernel = 1;
  EXPECT_EQ(launch(spec), FP4JIT_OK);
  EXPECT_EQ(launch(other), FP4JIT_E_SEALED);
  EXPECT_THAT(fp4jit_last_error(),
              AllOf(HasSubstr(kOtherText), HasSubstr("fp4jit prewarm --spec '"),
                    HasSubstr("--cache-dir '" + std::string(config.cache_dir) + "'")));
  EXPECT_EQ(fp4jit_find(runtime, &other, 0, &kernel), FP4JIT_E_SEALED);
  EXPECT_EQ(kernel, 0u);
  EXPECT_EQ(fp4jit_load(runtime, &other, 0, nullptr), FP4JIT_E_SEALED);
  EXPECT_EQ(fp4jit_compile(runtime, &other), FP4JIT_E_SEALED);
  EXPECT_EQ(counters().sealed_misses, 4u);
  EXPECT_EQ(counters().io_ops, io_ops);
  ASSERT_EQ(fp4jit_unseal(runtime), FP4JIT_OK);
  EXPECT_EQ(launch(other), FP4JIT_OK) << fp4jit_last_error();
}

TEST_F(Miss, AfterASoftSealIsLoadedFromTheStoreAlone) {
  ASSERT_EQ(fp4jit_compile(runtime, &spec), FP4JIT_OK) << fp4jit_last_error();
  create();  // another runtime on the same store
  ASSERT_EQ(fp4jit_seal(runtime, FP4JIT_SEAL_SOFT), FP4JIT_OK);
  EXPECT_EQ(launch(spec), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(launch(other), FP4JIT_E_SEALED);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("soft"));
  EXPECT_EQ(counters().compiles, 0u);
  EXPECT_EQ(counters().store_hits, 1u);
}

TEST_F(Miss, IsServedByTheGenericKernelWhereThatIsAsked) {
  config.on_miss = FP4JIT_ON_MISS_GENERIC;
  create();
  ASSERT_EQ(fp4jit_load(runtime, &spec, 0, nullptr), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(launch(other), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(fp4jit_drain(runtime), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(launch(other), FP4JIT_OK);
  fp4jit_counters seen = counters();
  EXPECT_EQ(seen.generic_misses, 1u);
  EXPECT_EQ(seen.background_builds, 1u);
  EXPECT_EQ(seen.background_failures, 0u);
  EXPECT_EQ(seen.hits, 1u);
  EXPECT_EQ(seen.launches, 2u);
}

TEST_F(Miss, IsRecordedOnce) {
  const std::string trace = std::string(config.cache_dir) + ".trace";
  config.record_path = trace.c_str();
  create();
  for (int i = 0; i < 2; ++i) ASSERT_EQ(launch(spec), FP4JIT_OK) << fp4jit_last_error();
  ASSERT_EQ(fp4jit_seal(runtime, FP4JIT_SEAL_HARD), FP4JIT_OK);
  EXPECT_EQ(launch(other), FP4JIT_E_SEALED);
  EXPECT_EQ(counters().recorded, 2u);
  fp4jit_runtime_release(runtime);
  runtime = nullptr;
  std::stringstream text;
  text << std::ifstream(trace).rdbuf();
  EXPECT_EQ(text.str(), std::string(kText) + "\n" + kOtherText + "\n");
}

TEST_F(Miss, OfSixtyFourThreadsIsOneBuild) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(launch(spec), FP4JIT_OK) << fp4jit_last_error(); });
  }
  for (std::thread& thread : threads) thread.join();
  fp4jit_counters seen = counters();
  EXPECT_EQ(seen.compiles, 1u);
  EXPECT_EQ(seen.loads, 1u);
  EXPECT_EQ(seen.launches, 64u);
  EXPECT_EQ(seen.look_ups, 64u);
}

TEST_F(Miss, OfAnUnknownSettingIsNamed) {
  config.on_miss = 3;
  EXPECT_EQ(fp4jit_runtime_create(&config, &runtime), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("on_miss"));
  config.on_miss = 0;
  setenv("FP4JIT_ON_MISS", "generics", 1);
  EXPECT_EQ(fp4jit_runtime_create(&config, &runtime), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(fp4jit_last_error(), AllOf(HasSubstr("FP4JIT_ON_MISS"), HasSubstr("generics")));
  unsetenv("FP4JIT_ON_MISS");
}

}  // namespace
