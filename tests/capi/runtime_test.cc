#include <gmock/gmock.h>

#include "runtime_fixture.h"

namespace {

using testing::HasSubstr;
constexpr const char* kText = "nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90";

class Runtime : public RuntimeFixture {};

TEST_F(Runtime, TouchesNothingWhenItIsMade) {
  create();
  EXPECT_FALSE(std::filesystem::exists(config.cache_dir));
  EXPECT_EQ(counters().compiler_opened, 0);
  EXPECT_EQ(counters().driver_opened, 0);
  EXPECT_EQ(counters().store_state, FP4JIT_STORE_READ_WRITE);
}

TEST_F(Runtime, IsMadeWithoutAConfig) {
  ASSERT_EQ(fp4jit_runtime_create(nullptr, &runtime), FP4JIT_OK) << fp4jit_last_error();
}

TEST_F(Runtime, LivesUntilItsLastRelease) {
  create();
  ASSERT_EQ(fp4jit_runtime_retain(runtime), FP4JIT_OK);
  ASSERT_EQ(fp4jit_runtime_release(runtime), FP4JIT_OK);
  EXPECT_EQ(counters().kernels, 0u);
  EXPECT_EQ(fp4jit_runtime_release(nullptr), FP4JIT_OK);
}

TEST_F(Runtime, RefusesSettingsWithoutMeaning) {
  config.artifact = 3;
  EXPECT_EQ(fp4jit_runtime_create(&config, &runtime), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("config.artifact"));
  config.artifact = 0;
  config.log_level = 5;
  EXPECT_EQ(fp4jit_runtime_create(&config, &runtime), FP4JIT_E_INVALID_ARGUMENT);
  config.log_level = 0;
  config.struct_size = 8;
  EXPECT_EQ(fp4jit_runtime_create(&config, &runtime), FP4JIT_E_ABI_MISMATCH);
  EXPECT_EQ(runtime, nullptr);
  EXPECT_EQ(fp4jit_runtime_create(&config, nullptr), FP4JIT_E_INVALID_ARGUMENT);
}

TEST_F(Runtime, RefusesAnEnvironmentWithoutMeaning) {
  for (const char* name : {"FP4JIT_ARTIFACT", "FP4JIT_LOG"}) {
    setenv(name, "loud", 1);
    EXPECT_EQ(fp4jit_runtime_create(&config, &runtime), FP4JIT_E_INVALID_ARGUMENT);
    EXPECT_THAT(fp4jit_last_error(), HasSubstr(std::string(name) + " must be "));
    unsetenv(name);
  }
}

TEST_F(Runtime, PrefersTheConfigToTheEnvironment) {
  setenv("FP4JIT_ARTIFACT", "loud", 1);
  setenv("FP4JIT_LOG", "loud", 1);
  config.artifact = FP4JIT_ARTIFACT_CUBIN;
  config.log_level = FP4JIT_LOG_WARN;
  EXPECT_EQ(fp4jit_runtime_create(&config, &runtime), FP4JIT_OK) << fp4jit_last_error();
  unsetenv("FP4JIT_ARTIFACT");
  unsetenv("FP4JIT_LOG");
}

TEST_F(Runtime, SaysWhereItLookedForNvrtc) {
  config.nvrtc_path = "/nowhere/libnvrtc.so.13";
  create();
  fp4jit_spec spec = spec_of(kText);
  EXPECT_EQ(fp4jit_compile(runtime, &spec), FP4JIT_E_NO_NVRTC);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("/nowhere/libnvrtc.so.13"));
  EXPECT_THAT(fp4jit_last_error(), HasSubstr(kText));
}

TEST_F(Runtime, CompilesWithoutADriverAndThenServesFromTheStore) {
  create();
  fp4jit_spec spec = spec_of(kText);
  ASSERT_EQ(fp4jit_compile(runtime, &spec), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(counters().compiles, 1u);
  ASSERT_EQ(fp4jit_compile(runtime, &spec), FP4JIT_OK);
  EXPECT_EQ(counters().compiles, 1u);
  EXPECT_EQ(counters().memory_hits, 1u);

  config.nvrtc_path = "/nowhere/libnvrtc.so.13";
  create();
  ASSERT_EQ(fp4jit_compile(runtime, &spec), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(counters().store_hits, 1u);
  EXPECT_EQ(counters().compiles, 0u);
  EXPECT_EQ(counters().compiler_opened, 0);
  EXPECT_GT(counters().io_ops, 0u);
}

TEST_F(Runtime, NeedsATargetWhereNoDeviceGivesOne) {
  create();
  fp4jit_spec spec = spec_of(kText);
  spec.target_sm = 0;
  EXPECT_EQ(fp4jit_compile(runtime, &spec), FP4JIT_E_INVALID_SPEC);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("target"));
}

TEST_F(Runtime, LogsThroughTheCallbackAlone) {
  config.cache_dir = "/dev/null";
  config.log_level = FP4JIT_LOG_DEBUG;
  create();
  fp4jit_spec spec = spec_of(kText);
  ASSERT_EQ(fp4jit_compile(runtime, &spec), FP4JIT_OK) << fp4jit_last_error();
  ASSERT_FALSE(logged.empty());
  EXPECT_THAT(logged, testing::Contains(HasSubstr("/dev/null")));
  EXPECT_EQ(counters().store_state, FP4JIT_STORE_MEMORY_ONLY);
}

struct Reports {
  std::vector<fp4jit_status> statuses;
  std::vector<size_t> done;
  fp4jit_cancel* cancel = nullptr;
};

void note(void* user, const fp4jit_progress* progress) {
  auto* reports = static_cast<Reports*>(user);
  EXPECT_EQ(progress->struct_size, sizeof *progress);
  EXPECT_EQ(progress->device, -1);
  reports->statuses.push_back(progress->status);
  reports->done.push_back(progress->done);
  if (reports->cancel != nullptr) fp4jit_cancel_request(reports->cancel);
}

fp4jit_prepare_args args_of(const std::vector<fp4jit_spec>& specs, Reports* reports) {
  fp4jit_prepare_args args = {};
  args.struct_size = sizeof args;
  args.specs = specs.data();
  args.spec_count = specs.size();
  args.jobs = 1;
  args.progress = note;
  args.progress_user = reports;
  return args;
}

TEST_F(Runtime, PreparesManyWithProgress) {
  create();
  std::vector<fp4jit_spec> specs = {spec_of(kText),
                                    spec_of("mxfp8_quantize[k=64,in=bf16,layout=linear]@sm_90")};
  Reports reports;
  fp4jit_prepare_args args = args_of(specs, &reports);
  ASSERT_EQ(fp4jit_prepare(runtime, &args), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(reports.statuses, (std::vector<fp4jit_status>{FP4JIT_OK, FP4JIT_OK}));
  EXPECT_EQ(reports.done, (std::vector<size_t>{1, 2}));
  EXPECT_EQ(counters().compiles, 2u);
}

TEST_F(Runtime, StopsPreparingWhenItIsCancelled) {
  create();
  std::vector<fp4jit_spec> specs(3, spec_of(kText));
  fp4jit_cancel cancel = {};
  Reports reports;
  reports.cancel = &cancel;
  fp4jit_prepare_args args = args_of(specs, &reports);
  args.cancel = &cancel;
  EXPECT_EQ(fp4jit_prepare(runtime, &args), FP4JIT_E_CANCELLED);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("1 of 3"));
  EXPECT_EQ(reports.statuses[2], FP4JIT_E_CANCELLED);
}

TEST_F(Runtime, NamesTheSpecThatIsWrong) {
  create();
  std::vector<fp4jit_spec> specs(2, spec_of(kText));
  specs[1].k = 232;
  Reports reports;
  fp4jit_prepare_args args = args_of(specs, &reports);
  EXPECT_EQ(fp4jit_prepare(runtime, &args), FP4JIT_E_INVALID_SPEC);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("specs[1]: k"));
  EXPECT_TRUE(reports.statuses.empty());
  args.specs = nullptr;
  EXPECT_EQ(fp4jit_prepare(runtime, &args), FP4JIT_E_INVALID_ARGUMENT);
}

TEST_F(Runtime, RefusesNullPointersEverywhere) {
  create();
  fp4jit_spec spec = spec_of(kText);
  fp4jit_kernel kernel = 7;
  fp4jit_launch_args args = {};
  args.struct_size = sizeof args;
  EXPECT_EQ(fp4jit_compile(nullptr, &spec), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_compile(runtime, nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_load(nullptr, &spec, 0, &kernel), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(kernel, 0u);
  EXPECT_EQ(fp4jit_find(nullptr, &spec, 0, &kernel), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_find(runtime, nullptr, 0, &kernel), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_find(runtime, &spec, 0, nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_launch(nullptr, 1, &args), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_launch(runtime, 1, nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_prepare(nullptr, nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_stats(nullptr, nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_runtime_retain(nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_host_quantize(&spec, nullptr), FP4JIT_E_INVALID_ARGUMENT);
  fp4jit_cancel_request(nullptr);
}

}  // namespace
