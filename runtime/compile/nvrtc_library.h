// What: libnvrtc behind dlopen, as a table of functions. Only nvrtc*.cc knows its types.
// Ownership: the library stays mapped for the process; NVRTC does not unload cleanly.
#pragma once

#include <nvrtc.h>

#include <string>

#include "base/status.h"
#include "cache/record.h"
#include "compile/nvrtc_search.h"

namespace fp4jit {

struct NvrtcApi {
  decltype(&::nvrtcVersion) version;
  decltype(&::nvrtcGetErrorString) error_string;
  decltype(&::nvrtcCreateProgram) create_program;
  decltype(&::nvrtcDestroyProgram) destroy_program;
  decltype(&::nvrtcAddNameExpression) add_name_expression;
  decltype(&::nvrtcCompileProgram) compile_program;
  decltype(&::nvrtcGetProgramLogSize) log_size;
  decltype(&::nvrtcGetProgramLog) log;
  decltype(&::nvrtcGetLoweredName) lowered_name;
  decltype(&::nvrtcGetPTXSize) ptx_size;
  decltype(&::nvrtcGetPTX) ptx;
  decltype(&::nvrtcGetCUBINSize) cubin_size;
  decltype(&::nvrtcGetCUBIN) cubin;
  decltype(&::nvrtcGetNumSupportedArchs) arch_count;
  decltype(&::nvrtcGetSupportedArchs) archs;
  decltype(&::nvrtcSetFlowCallback) set_flow_callback;  // null before 12.8
};

struct NvrtcLibrary {
  NvrtcApi api = {};
  std::string path;  // of the file that was opened
  cache::Toolchain version;
  Result<std::string> builtins = std::string();  // their path; or why NVRTC has to find them itself
};

// kNoNvrtc names every place that was tried, why it was not taken, and how to get NVRTC.
Result<NvrtcLibrary> open_nvrtc(const NvrtcSearch& search);

}  // namespace fp4jit
