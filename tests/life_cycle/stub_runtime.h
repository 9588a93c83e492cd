// What: runtimes of the C API over the stub driver and the real NVRTC.
// Threads: a StubRuntime is immutable until its release, and may be used by any.
#pragma once

#include "calls.h"

namespace fp4jit::life_cycle {

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

}  // namespace fp4jit::life_cycle
