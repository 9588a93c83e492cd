// What: the environment variables that fp4jit reads, in one table, and their values at one moment.
// Threads: read_environment calls getenv; call it where the process is set up, never on a launch.
// The table is what `fp4jit doctor` prints and what the documentation is compared with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fp4jit {

struct Environment {
  std::string cache_dir;       // FP4JIT_CACHE_DIR
  std::string nvrtc;           // FP4JIT_NVRTC
  std::string cuda_driver;     // FP4JIT_CUDA_DRIVER
  std::string artifact;        // FP4JIT_ARTIFACT
  std::string on_miss;         // FP4JIT_ON_MISS
  std::string record;          // FP4JIT_RECORD
  std::string log;             // FP4JIT_LOG
  std::string xdg_cache_home;  // XDG_CACHE_HOME
  std::string home;            // HOME
  std::string cuda_home;       // CUDA_HOME
};

struct EnvironmentRow {
  std::string Environment::*field;
  const char* name;
  const char* type;
  const char* default_value;
  const char* meaning;
};

const std::vector<EnvironmentRow>& environment_table();

// An unset variable is "".
Environment read_environment();

}  // namespace fp4jit
