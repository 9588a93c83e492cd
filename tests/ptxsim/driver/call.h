// What: what every entry point begins and ends with: the lock, planned failures, whether the driver
// is initialised, the current context or the stream's, its sticky error, and the line on stderr
// that says why a call failed where its code alone does not.
// Threads: any.
#pragma once

#include <cuda.h>

#include <functional>
#include <string>

#include "tests/ptxsim/driver/state.h"

namespace ptxsim {

// A code, and perhaps why.
struct Answer {
  Answer(CUresult result) : code(result) {}
  Answer(CUresult result, std::string text) : code(result), why(std::move(text)) {}
  Answer(const Error& error) : code(error.code), why(error.message) {}

  bool ok() const { return code == CUDA_SUCCESS; }

  CUresult code;
  std::string why;
};

// Needs nothing, not even cuInit.
CUresult plain_call(const char* entry, const std::function<Answer()>& body);

// Needs cuInit.
CUresult driver_call(const char* entry, const std::function<Answer(State&)>& body);

// Needs a current context without a sticky error.
CUresult context_call(const char* entry, const std::function<Answer(State&, Context&)>& body);

// Needs a live stream, whose context has no sticky error: null and CU_STREAM_LEGACY are the current
// context's, CU_STREAM_PER_THREAD the calling thread's in it.
CUresult stream_call(const char* entry, CUstream stream,
                     const std::function<Answer(State&, Stream&)>& body);

// The current context. Errors: INVALID_CONTEXT, CONTEXT_IS_DESTROYED, its sticky error.
Answer find_current_context(State& state, std::shared_ptr<Context>* found);

// Lets what stands still in the context run to its end, as a real driver synchronises.
Answer settle(Context& context);

// Calls a function of the program's, without the lock; the driver answers it NOT_PERMITTED.
void call_program(State& state, const std::function<void()>& function);

}  // namespace ptxsim
