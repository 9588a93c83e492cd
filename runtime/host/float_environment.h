// What: the default floating-point environment for as long as it lives: rounding to nearest,
// subnormals kept. A host program may have changed either (torch.set_flush_denormal, -ffast-math at
// start-up), and the bytes must not depend on it.
// Threads: the environment belongs to the thread.
#pragma once

#include <cfenv>

namespace fp4jit::host {

class DefaultFloatEnvironment {
 public:
  DefaultFloatEnvironment() {
    std::fegetenv(&saved_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloatEnvironment() { std::fesetenv(&saved_); }
  DefaultFloatEnvironment(const DefaultFloatEnvironment&) = delete;
  DefaultFloatEnvironment& operator=(const DefaultFloatEnvironment&) = delete;

 private:
  std::fenv_t saved_;
};

}  // namespace fp4jit::host
