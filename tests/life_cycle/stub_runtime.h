// What: runtimes of the C API over the stub driver and the real NVRTC, and calls of them.
// Threads: a StubRuntime is immutable; the functions may be called from any thread.
#pragma once

#include <fp4jit/fp4jit.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

namespace fp4jit::life_cycle {

inline constexpr const char* kStubDriver = FP4JIT_BUILD_DIR "/tests/stubdriver/libcuda.so.1";

// A folder that goes away with the object, in the process that made it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  pid_t owner_;
};

// Specs that differ in K alone: a multiple of 16, or 0 for a run-time K.
fp4jit_spec spec_of(uint32_t k);

// Of a launch of spec_of(k). The driver looks at no buffer.
fp4jit_launch_args arguments_of(uint32_t k);

// With `store` as its cache folder and the stub as its driver.
fp4jit_config stub_config(const std::string& store);

class StubRuntime {
 public:
  // Ends the process with a message where the library refuses.
  explicit StubRuntime(const fp4jit_config& config);
  explicit StubRuntime(const std::string& store) : StubRuntime(stub_config(store)) {}
  ~StubRuntime() { release(); }
  StubRuntime(const StubRuntime&) = delete;
  StubRuntime& operator=(const StubRuntime&) = delete;

  void release();

  fp4jit_runtime* get() const { return runtime_; }
  fp4jit_status compile(uint32_t k) const;
  fp4jit_status load(uint32_t k, int32_t device = 0, fp4jit_kernel* kernel = nullptr) const;
  fp4jit_status find(uint32_t k, fp4jit_kernel* kernel) const;
  fp4jit_status launch(fp4jit_kernel kernel, uint32_t k) const;
  fp4jit_status launch_spec(uint32_t k) const;
  fp4jit_counters counters() const;

 private:
  fp4jit_runtime* runtime_ = nullptr;
};

// Ends the process with code 2 and the library's last error unless `met`.
void require(bool met, const char* what);

}  // namespace fp4jit::life_cycle
