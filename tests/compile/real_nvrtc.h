// What: the NVRTC of this machine, as a user's process finds it. A test that needs it fails without
// it.
#pragma once

#include <gtest/gtest.h>

#include "base/environment.h"
#include "compile/nvrtc.h"

namespace fp4jit {

inline NvrtcSearch real_nvrtc_search() {
  Environment environment = read_environment();
  return {environment.nvrtc, environment.cuda_home};
}

inline std::shared_ptr<LazyCompiler> real_nvrtc() {
  return make_nvrtc_compiler(real_nvrtc_search(), Log{});
}

}  // namespace fp4jit
