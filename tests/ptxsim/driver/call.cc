#include "tests/ptxsim/driver/call.h"

#include <unistd.h>

#include <cstdio>
#include <mutex>

#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

CUresult tell(const char* entry, const Answer& answer) {
  if (!answer.why.empty()) {
    std::fputs(("ptxsim: " + std::string(entry) + ": " + answer.why + "\n").c_str(), stderr);
  }
  return answer.code;
}

// The child of a process that has initialised the driver: even its lock may be held for ever.
bool is_forked(const State& state) {
  const pid_t owner = state.owner;
  return owner != 0 && owner != ::getpid();
}

CUresult locked_call(const char* entry, State& state, const std::function<Answer()>& body) {
  if (this_thread().is_in_host_function) return CUDA_ERROR_NOT_PERMITTED;
  std::lock_guard lock(state.mutex);
  const CUresult planned = state.injector.next_call(entry);
  if (planned != CUDA_SUCCESS) return planned;
  try {
    return tell(entry, body());
  } catch (const std::bad_alloc&) {  // of the host's memory, which no call may end the program for
    return tell(entry, {CUDA_ERROR_OUT_OF_MEMORY, "the host has no more memory"});
  }
}

}  // namespace

CUresult plain_call(const char* entry, const std::function<Answer()>& body) {
  State& state = driver_state();
  return is_forked(state) ? tell(entry, body()) : locked_call(entry, state, body);
}

CUresult driver_call(const char* entry, const std::function<Answer(State&)>& body) {
  State& state = driver_state();
  if (is_forked(state)) return CUDA_ERROR_NOT_INITIALIZED;
  return locked_call(entry, state, [&]() -> Answer {
    if (state.owner == 0) return CUDA_ERROR_NOT_INITIALIZED;
    return body(state);
  });
}

Answer find_current_context(State& state, std::shared_ptr<Context>* found) {
  const std::vector<CUcontext>& stack = this_thread().contexts;
  if (stack.empty()) return CUDA_ERROR_INVALID_CONTEXT;
  *found = state.contexts.find(stack.back());
  if (*found == nullptr) return CUDA_ERROR_CONTEXT_IS_DESTROYED;
  return (*found)->engine->error();
}

CUresult context_call(const char* entry, const std::function<Answer(State&, Context&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    std::shared_ptr<Context> context;
    const Answer current = find_current_context(state, &context);
    return current.ok() ? body(state, *context) : current;
  });
}

CUresult stream_call(const char* entry, CUstream handle,
                     const std::function<Answer(State&, Stream&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    std::shared_ptr<Stream> stream;
    const Answer found = find_stream(state, handle, &stream);
    return found.ok() ? body(state, *stream) : found;
  });
}

Answer settle(Context& context) {
  return context.engine->complete();
}

void call_program(State& state, const std::function<void()>& function) {
  this_thread().is_in_host_function = true;
  state.mutex.unlock();
  function();
  state.mutex.lock();
  this_thread().is_in_host_function = false;
}

}  // namespace ptxsim
