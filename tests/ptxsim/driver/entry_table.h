// What: every entry of the driver API, as the build's cuda.h and cudaTypedefs.h declare them: name,
// the CUDA version from which on it has this signature, and where it is.
// Threads: a constant.
#pragma once

#include <vector>

namespace ptxsim {

using Address = int (*)();

struct EntryPoint {
  const char* name;
  int version;
  Address address;
  Address per_thread;  // for programs built for per-thread default streams; may be null
};

// By name, then by version. Generated.
const std::vector<EntryPoint>& entry_points();

// CUDA_ERROR_NOT_SUPPORTED; says the name on stderr the first time.
int not_modelled(const char* name);

}  // namespace ptxsim
