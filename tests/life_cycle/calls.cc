#include "calls.h"

#include <stdio.h>
#include <unistd.h>

#pragma weak fp4jit_last_error

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

void require(bool met, const char* what) {
  if (met) return;
  const char* why = &fp4jit_last_error != nullptr ? fp4jit_last_error() : "";
  fprintf(stderr, "process %d: %s: %s\n", getpid(), what, why);
  _exit(2);
}

}  // namespace fp4jit::life_cycle
