#include "base/environment.h"

#include <cstdlib>

namespace fp4jit {

const std::vector<EnvironmentRow>& environment_table() {
  static const std::vector<EnvironmentRow> table = {
      {&Environment::cache_dir, "FP4JIT_CACHE_DIR", "path", "$XDG_CACHE_HOME/fp4jit",
       "folder of the user store"},
      {&Environment::nvrtc, "FP4JIT_NVRTC", "path", "found",
       "the NVRTC library to open, instead of the search"},
      {&Environment::cuda_driver, "FP4JIT_CUDA_DRIVER", "path", "libcuda.so.1",
       "the CUDA driver library to open"},
      {&Environment::artifact, "FP4JIT_ARTIFACT", "cubin|ptx", "cubin",
       "what to compile to: machine code, or PTX for every target"},
      {&Environment::on_miss, "FP4JIT_ON_MISS", "build|generic", "build",
       "what fp4jit_launch_spec does for a kernel that is not loaded: build it, or serve the call "
       "by the run-time-K kernel and build in the background"},
      {&Environment::record, "FP4JIT_RECORD", "path", "none",
       "the trace to append every new spec to, for fp4jit prewarm --from-trace"},
      {&Environment::log, "FP4JIT_LOG", "error|warn|info|debug", "warn",
       "the least severe message that reaches the log callback"},
      {&Environment::xdg_cache_home, "XDG_CACHE_HOME", "path", "$HOME/.cache",
       "parent of the user store, as in the XDG base directory specification"},
      {&Environment::home, "HOME", "path", "none",
       "with XDG_CACHE_HOME unset, the user store is $HOME/.cache/fp4jit"},
      {&Environment::cuda_home, "CUDA_HOME", "path", "none",
       "a CUDA toolkit, the last place where NVRTC is looked for"},
  };
  return table;
}

Environment read_environment() {
  Environment environment;
  for (const EnvironmentRow& row : environment_table()) {
    if (const char* value = std::getenv(row.name)) environment.*row.field = value;
  }
  return environment;
}

}  // namespace fp4jit
