#include "stub_runtime.h"

#include <stdio.h>
#include <unistd.h>

namespace fp4jit::life_cycle {

Folder::Folder() : owner_(getpid()) {
  // The tests sync many small files, which is slow on a busy disk and shows nothing more there.
  path_ =
      std::string(access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp") + "/fp4jit-XXXXXX";
  require(mkdtemp(path_.data()) != nullptr, path_.c_str());
}

Folder::~Folder() {
  std::error_code ignored;
  if (getpid() == owner_) std::filesystem::remove_all(path_, ignored);
}

fp4jit_spec spec_of(uint32_t k) {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  spec.k = k;
  spec.in = FP4JIT_DTYPE_BF16;
  spec.target_sm = 100;
  spec.target_suffix = FP4JIT_TARGET_ARCH;
  return spec;
}

fp4jit_launch_args arguments_of(uint32_t k) {
  fp4jit_launch_args args = {};
  args.struct_size = sizeof args;
  args.m = 3;
  args.k = k == 0 ? 64 : 0;
  args.input = reinterpret_cast<const void*>(0x1'0000'0000);
  args.data = reinterpret_cast<void*>(0x2'0000'0000);
  args.sf = reinterpret_cast<void*>(0x3'0000'0000);
  args.global_scale = reinterpret_cast<const float*>(0x4'0000'0000);
  args.stream = reinterpret_cast<void*>(0x1000);
  return args;
}

fp4jit_config stub_config(const std::string& store) {
  fp4jit_config config = {};
  config.struct_size = sizeof config;
  config.cache_dir = store.c_str();
  config.driver_path = kStubDriver;
  return config;
}

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

void require(bool met, const char* what) {
  if (met) return;
  fprintf(stderr, "process %d: %s: %s\n", getpid(), what, fp4jit_last_error());
  _exit(2);
}

}  // namespace fp4jit::life_cycle
