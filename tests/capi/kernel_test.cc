// Load, find and launch through the C API, over a driver that accepts all and runs nothing.
#include <gmock/gmock.h>

#include "runtime_fixture.h"
#include "tests/fakes/count_allocations.h"

namespace {

using testing::HasSubstr;
constexpr const char* kText = "nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90";

class Kernel : public RuntimeFixture {
 protected:
  Kernel() {
    setenv("STUBDRIVER_SM", "90", 1);
    config.driver_path = STUBDRIVER;
    create();
  }

  const fp4jit_spec spec = spec_of(kText);
  fp4jit_kernel kernel = 0;
};

TEST_F(Kernel, IsFoundOnceItIsLoaded) {
  EXPECT_EQ(fp4jit_find(runtime, &spec, 0, &kernel), FP4JIT_E_NOT_PREPARED);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr(kText));
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("fp4jit prewarm --spec"));
  EXPECT_EQ(kernel, 0u);
  fp4jit_kernel loaded = 0;
  ASSERT_EQ(fp4jit_load(runtime, &spec, 0, &loaded), FP4JIT_OK) << fp4jit_last_error();
  ASSERT_EQ(fp4jit_find(runtime, &spec, 0, &kernel), FP4JIT_OK);
  EXPECT_EQ(kernel, loaded);
  EXPECT_NE(kernel, 0u);
  EXPECT_EQ(fp4jit_find(runtime, &spec, 1, &kernel), FP4JIT_E_NOT_PREPARED);
  EXPECT_EQ(counters().find_misses, 2u);
  EXPECT_EQ(counters().loads, 1u);
  EXPECT_EQ(counters().driver_opened, 1);
}

TEST_F(Kernel, IsFoundWithoutAnAllocation) {
  ASSERT_EQ(fp4jit_load(runtime, &spec, 0, nullptr), FP4JIT_OK) << fp4jit_last_error();
  int before = fp4jit::allocations_of_thread();
  EXPECT_EQ(fp4jit_find(runtime, &spec, 0, &kernel), FP4JIT_OK);
  EXPECT_EQ(fp4jit::allocations_of_thread() - before, 0);
  before = fp4jit::allocations_of_thread();
  EXPECT_EQ(fp4jit_find(runtime, &spec, 1, &kernel), FP4JIT_E_NOT_PREPARED);
  EXPECT_GT(fp4jit::allocations_of_thread() - before, 0) << "allocations are not counted";
}

TEST_F(Kernel, TakesTheDevicesOwnTarget) {
  fp4jit_spec open = spec;
  open.target_sm = 0;
  EXPECT_EQ(fp4jit_find(runtime, &open, 0, &kernel), FP4JIT_E_NOT_PREPARED);
  EXPECT_THAT(fp4jit_last_error(), testing::Not(HasSubstr("sm_0")));
  fp4jit_kernel loaded = 0;
  ASSERT_EQ(fp4jit_load(runtime, &open, 0, &loaded), FP4JIT_OK) << fp4jit_last_error();
  ASSERT_EQ(fp4jit_find(runtime, &open, 0, &kernel), FP4JIT_OK);
  EXPECT_EQ(kernel, loaded);
  ASSERT_EQ(fp4jit_find(runtime, &spec, 0, &kernel), FP4JIT_OK) << "found by its target as well";
}

TEST_F(Kernel, IsLaunchedAfterItsChecks) {
  ASSERT_EQ(fp4jit_load(runtime, &spec, 0, &kernel), FP4JIT_OK) << fp4jit_last_error();
  fp4jit_launch_args args = {};
  args.struct_size = sizeof args;
  EXPECT_EQ(fp4jit_launch(runtime, kernel, &args), FP4JIT_OK) << "no rows, no pointers";
  args.m = 3;
  EXPECT_EQ(fp4jit_launch(runtime, kernel, &args), FP4JIT_E_INVALID_ARGUMENT);
  args.input = reinterpret_cast<void*>(0x100000);
  args.global_scale = reinterpret_cast<float*>(0x200000);
  args.data = reinterpret_cast<void*>(0x300000);
  args.sf = reinterpret_cast<void*>(0x400000);
  EXPECT_EQ(fp4jit_launch(runtime, kernel, &args), FP4JIT_OK) << fp4jit_last_error();
  args.data_bytes = 3 * 32 - 1;
  EXPECT_EQ(fp4jit_launch(runtime, kernel, &args), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("data has 95 bytes; the call needs 96"));
}

TEST_F(Kernel, RefusesHandlesThatItNeverGaveOut) {
  fp4jit_launch_args args = {};
  args.struct_size = sizeof args;
  for (fp4jit_kernel handle : {0u, 1u, ~0u}) {
    EXPECT_EQ(fp4jit_launch(runtime, handle, &args), FP4JIT_E_INVALID_ARGUMENT);
    EXPECT_THAT(fp4jit_last_error(), HasSubstr("kernel " + std::to_string(handle)));
  }
}

TEST_F(Kernel, SaysThatThereIsNoDriver) {
  config.driver_path = "/nowhere/libcuda.so.1";
  create();
  EXPECT_EQ(fp4jit_load(runtime, &spec, 0, &kernel), FP4JIT_E_NO_DRIVER);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("/nowhere/libcuda.so.1"));
  EXPECT_EQ(counters().compiles, 0u);
}

TEST_F(Kernel, PassesOnWhatTheDriverSays) {
  setenv("STUBDRIVER_INIT", "999", 1);
  EXPECT_EQ(fp4jit_load(runtime, &spec, 0, &kernel), FP4JIT_E_DRIVER);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("cuInit"));
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("(999)"));
  unsetenv("STUBDRIVER_INIT");
}

}  // namespace
