// What: where NVRTC is looked for, in order: the configured path; a library of the process already;
// the wheels' folders, where this code is inside a Python package beside them; the loader's own
// search; CUDA_HOME.
// Threads: any; asks the loader for the process's libraries, and looks at folders: call it on a
// first compile, not on a launch.
#pragma once

#include <string>
#include <vector>

namespace fp4jit {

struct NvrtcSearch {
  std::string configured;  // a library file, or ""; when set, nothing else is tried
  std::string cuda_home;   // a toolkit, or ""
};

// Paths and sonames to hand to dlopen, best first.
std::vector<std::string> nvrtc_candidates(const NvrtcSearch& search);

}  // namespace fp4jit
