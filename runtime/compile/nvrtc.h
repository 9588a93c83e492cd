// What: NVRTC as the Compiler.
// Threads: as compile/compiler.h; NVRTC compiles in parallel inside one process.
#pragma once

#include <memory>

#include "base/log.h"
#include "compile/compiler.h"
#include "compile/nvrtc_search.h"

namespace fp4jit {

struct NvrtcInfo {
  std::string path;
  cache::Toolchain version;
  Result<std::string> builtins;  // path of the library beside it, or why that could not be loaded
  std::vector<int> archs;        // compute capabilities that it compiles for, 10*major + minor
};

// Opens NVRTC to ask; kNoNvrtc says where it looked.
Result<NvrtcInfo> nvrtc_info(const NvrtcSearch& search);

// Looks for NVRTC on the first open(), which maps about 110 MB, and never before; after a failure
// again on the next.
std::shared_ptr<LazyCompiler> make_nvrtc_compiler(const NvrtcSearch& search, Log log);

}  // namespace fp4jit
