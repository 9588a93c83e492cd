// What: runtimes over the stub driver in every state that matters to a call that is refused.
#pragma once

#include <fmt/format.h>

#include <memory>

#include "call.h"
#include "stubdriver.h"
#include "tests/capi/runtime_fixture.h"

namespace bad_input {

// One per layout, and one whose K is given with each call.
inline constexpr const char* kTexts[] = {
    "nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90",
    "mxfp8_quantize[k=64,in=f16,layout=8x4]@sm_90",
    "mxfp4_quantize[k=64,in=f32,layout=linear]@sm_90",
    "nvfp4_quantize[k=0,in=bf16,layout=linear]@sm_90",
};

enum class State {
  kWarm,    // the spec's kernel is loaded
  kCold,    // nothing is loaded or opened, and there is no compiler
  kSealed,  // as kCold, and sealed
};

class BadInputFixture : public RuntimeFixture {
 protected:
  BadInputFixture() {
    setenv("STUBDRIVER_SM", "90", 1);
    config.driver_path = STUBDRIVER;
  }

  World make_world(const char* text, State state) {
    if (state == State::kWarm) return make_warm(text);
    config.nvrtc_path = "/nowhere/libnvrtc.so";
    create();
    if (state == State::kSealed) seal_hard();
    return {runtime, make_ended(), text, 0, {}, state == State::kSealed};
  }

  fp4jit_kernel load(fp4jit_runtime* into, const char* text) {
    fp4jit_spec spec = spec_of(text);
    fp4jit_kernel kernel = 0;
    EXPECT_EQ(fp4jit_load(into, &spec, 0, &kernel), FP4JIT_OK) << fp4jit_last_error();
    return kernel;
  }

 private:
  void seal_hard() { EXPECT_EQ(fp4jit_seal(runtime, FP4JIT_SEAL_HARD), FP4JIT_OK); }

  World make_warm(const char* text) {
    create();
    fp4jit_kernel kernel = load(runtime, text);
    fp4jit_runtime* living = runtime;
    runtime = nullptr;
    create();
    fp4jit_kernel foreign = load(runtime, text);
    create();  // ends the one before
    fp4jit_kernel stale = load(runtime, text);
    create();
    fp4jit_kernel of_other = load(runtime, text);
    other_.reset(runtime);
    runtime = living;
    return {living, make_ended(), text, kernel, {foreign, stale, of_other}};
  }

  fp4jit_runtime* make_ended() {
    fp4jit_runtime* made = nullptr;
    EXPECT_EQ(fp4jit_runtime_create(&config, &made), FP4JIT_OK) << fp4jit_last_error();
    EXPECT_EQ(fp4jit_runtime_release(made), FP4JIT_OK);
    return made;
  }

  struct Release {
    void operator()(fp4jit_runtime* ended) const { fp4jit_runtime_release(ended); }
  };
  std::unique_ptr<fp4jit_runtime, Release> other_;
};

}  // namespace bad_input
