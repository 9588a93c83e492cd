#include "stub_runtime.h"

namespace fp4jit::life_cycle {

StubRuntime::StubRuntime(const fp4jit_config& config) {
  require(fp4jit_runtime_create(&config, &runtime_) == FP4JIT_OK, "create");
}

void StubRuntime::release() {
  require(fp4jit_runtime_release(runtime_) == FP4JIT_OK, "release");
  runtime_ = nullptr;
}

fp4jit_status StubRuntime::compile(uint32_t k) const {
  fp4jit_spec spec = spec_of(k);
  return fp4jit_compile(runtime_, &spec);
}

fp4jit_status StubRuntime::load(uint32_t k, int32_t device, fp4jit_kernel* kernel) const {
  fp4jit_spec spec = spec_of(k);
  return fp4jit_load(runtime_, &spec, device, kernel);
}

fp4jit_status StubRuntime::find(uint32_t k, fp4jit_kernel* kernel) const {
  fp4jit_spec spec = spec_of(k);
  return fp4jit_find(runtime_, &spec, 0, kernel);
}

fp4jit_status StubRuntime::launch(fp4jit_kernel kernel, uint32_t k) const {
  fp4jit_launch_args args = arguments_of(k);
  return fp4jit_launch(runtime_, kernel, &args);
}

fp4jit_status StubRuntime::launch_spec(uint32_t k) const {
  fp4jit_spec spec = spec_of(k);
  fp4jit_launch_args args = arguments_of(k);
  return fp4jit_launch_spec(runtime_, &spec, 0, &args);
}

fp4jit_counters StubRuntime::counters() const {
  fp4jit_counters counters = {};
  counters.struct_size = sizeof counters;
  require(fp4jit_stats(runtime_, &counters) == FP4JIT_OK, "stats");
  return counters;
}

}  // namespace fp4jit::life_cycle
