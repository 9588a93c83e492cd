// What: images loaded into a context: their kernels and variables.
// Threads: under the driver's lock.
#pragma once

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

// Gives the image's variables memory in the context and its kernels handles.
Answer make_module(State& state, Context& context, std::shared_ptr<const Image> image,
                   CUmodule* out);
void destroy_module(State& state, CUmodule handle);
void release_variables(State& state, const Module& module);

Answer find_variable(const Module& module, const char* name, CUdeviceptr* address, size_t* bytes);

// The library's module in the context, which is made on first use.
Answer module_of(State& state, Context& context, CUlibrary handle, CUmodule* out);
// The function that a kernel is in the context.
Answer function_of(State& state, Context& context, CUkernel handle, CUfunction* out);

// Writes an error into the log that a program gave with CU_JIT_ERROR_LOG_BUFFER.
void write_error_log(const std::string& text, unsigned count, const CUjit_option* options,
                     void** values);

}  // namespace ptxsim
