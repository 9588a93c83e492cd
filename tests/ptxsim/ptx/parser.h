// What: PTX text to a Module. Knows the grammar, not the instructions.
// Threads: pure.
// Errors: CUDA_ERROR_INVALID_PTX for text that is not PTX (cut off, binary, an unknown directive,
// an undeclared register, a label that is nowhere, a name declared twice), with line and text;
// CUDA_ERROR_UNSUPPORTED_PTX_VERSION for an ISA version beyond kNewestVersion. Never crashes,
// whatever the bytes.
#pragma once

#include <string_view>

#include "tests/ptxsim/base/result.h"
#include "tests/ptxsim/ptx/module.h"

namespace ptxsim::ptx {

// Of the newest NVRTC that the parser was run with.
inline constexpr uint32_t kNewestVersion[2] = {9, 5};

Result<Module> parse(std::string_view text);

}  // namespace ptxsim::ptx
