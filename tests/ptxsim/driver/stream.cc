// Streams.
#include "tests/ptxsim/driver/stream.h"

#include <algorithm>

#include "tests/ptxsim/driver/capture.h"

namespace ptxsim {
namespace {

Answer current_stream(State& state, CUstream handle, std::shared_ptr<Stream>* found) {
  std::shared_ptr<Context> context;
  const Answer current = find_current_context(state, &context);
  if (!current.ok()) return current;
  if (handle != CU_STREAM_PER_THREAD) {
    *found = context->legacy;
    return CUDA_SUCCESS;
  }
  std::shared_ptr<Stream>& own = context->per_thread[std::this_thread::get_id()];
  if (own == nullptr) own = make_stream(state, *context);
  *found = own;
  return CUDA_SUCCESS;
}

CUresult create(CUstream* stream, unsigned flags, int priority, const char* entry) {
  return context_call(entry, [&](State& state, Context& context) -> Answer {
    if (stream == nullptr || (flags & ~unsigned{CU_STREAM_NON_BLOCKING}) != 0) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    std::shared_ptr<Stream> made = make_stream(state, context);
    made->flags = flags;
    made->priority = std::clamp(priority, kGreatestPriority, kLeastPriority);
    *stream = made->handle = state.streams.add(made);
    return CUDA_SUCCESS;
  });
}

// A call that waits for, or asks about, what the stream does.
Answer wait(State& state, Stream& stream) {
  const Answer free = check_stream_not_capturing(state, stream);
  return free.ok() ? settle(context_of(state, stream)) : free;
}

template <class Value>
CUresult give(const char* entry, CUstream handle, Value* out, Value (*value_of)(const Stream&)) {
  return stream_call(entry, handle, [&](State&, Stream& stream) -> Answer {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = value_of(stream);
    return CUDA_SUCCESS;
  });
}

}  // namespace

std::shared_ptr<Stream> make_stream(State& state, const Context& context) {
  auto stream = std::make_shared<Stream>();
  stream->context = context.handle;
  stream->id = state.next_id++;
  stream->order = context.engine->make_stream();
  return stream;
}

Answer find_stream(State& state, CUstream handle, std::shared_ptr<Stream>* found) {
  if (handle == nullptr || handle == CU_STREAM_LEGACY || handle == CU_STREAM_PER_THREAD) {
    return current_stream(state, handle, found);
  }
  *found = state.streams.find(handle);
  if (*found == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  return context_of(state, **found).engine->error();
}

void for_each_stream(const State& state, const std::function<void(Stream&)>& visit) {
  state.streams.for_each(visit);
  state.contexts.for_each([&](const Context& context) {
    for (const auto& [thread, stream] : context.per_thread) visit(*stream);
  });
}

Context& context_of(const State& state, const Stream& stream) {
  return *state.contexts.find(stream.context);  // a context takes its streams with it
}

Answer submit(State& state, Stream& stream, Operation operation) {
  const Answer allowed = check_implicit_dependency(state, stream, Query::kNo);
  if (!allowed.ok()) return allowed;
  if (stream.capture != nullptr) return capture_operation(state, stream, std::move(operation));
  return run(state, context_of(state, stream), *stream.order, operation);
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuStreamCreate(CUstream* stream, unsigned int flags) {
  return create(stream, flags, kLeastPriority, "cuStreamCreate");
}

CUresult CUDAAPI cuStreamCreateWithPriority(CUstream* stream, unsigned int flags, int priority) {
  return create(stream, flags, priority, "cuStreamCreateWithPriority");
}

CUresult CUDAAPI cuStreamDestroy(CUstream handle) {
  return driver_call("cuStreamDestroy", [&](State& state) -> Answer {
    const std::shared_ptr<Stream> stream = state.streams.find(handle);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    settle(context_of(state, *stream));
    abandon_capture(state, *stream);
    state.streams.erase(handle);
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuStreamSynchronize(CUstream handle) {
  return stream_call("cuStreamSynchronize", handle, wait);
}

CUresult CUDAAPI cuStreamQuery(CUstream handle) {
  return stream_call("cuStreamQuery", handle, wait);
}

CUresult CUDAAPI cuStreamGetFlags(CUstream handle, unsigned int* flags) {
  return give<unsigned>("cuStreamGetFlags", handle, flags, [](const Stream& s) { return s.flags; });
}

CUresult CUDAAPI cuStreamGetPriority(CUstream handle, int* priority) {
  return give<int>("cuStreamGetPriority", handle, priority,
                   [](const Stream& s) { return s.priority; });
}

CUresult CUDAAPI cuStreamGetId(CUstream handle, unsigned long long* id) {
  return give<unsigned long long>("cuStreamGetId", handle, id,
                                  [](const Stream& s) -> unsigned long long { return s.id; });
}

CUresult CUDAAPI cuStreamGetCtx(CUstream handle, CUcontext* context) {
  return give<CUcontext>("cuStreamGetCtx", handle, context,
                         [](const Stream& s) { return s.context; });
}

CUresult CUDAAPI cuStreamGetCtx_v2(CUstream handle, CUcontext* context, CUgreenCtx* green) {
  if (green != nullptr) *green = nullptr;
  return cuStreamGetCtx(handle, context);
}

CUresult CUDAAPI cuStreamGetDevice(CUstream handle, CUdevice* device) {
  return stream_call("cuStreamGetDevice", handle, [&](State& state, Stream& stream) -> Answer {
    if (device == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *device = context_of(state, stream).device;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuLaunchHostFunc(CUstream handle, CUhostFn function, void* data) {
  return stream_call("cuLaunchHostFunc", handle, [&](State& state, Stream& stream) -> Answer {
    if (function == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return submit(state, stream, HostOperation{function, data});
  });
}

CUresult CUDAAPI cuStreamAddCallback(CUstream handle, CUstreamCallback function, void* data,
                                     unsigned int flags) {
  return stream_call("cuStreamAddCallback", handle, [&](State& state, Stream& stream) -> Answer {
    if (function == nullptr || flags != 0) return CUDA_ERROR_INVALID_VALUE;
    const Answer settled = wait(state, stream);  // no capture takes a callback
    if (!settled.ok()) return settled;
    call_program(state, [&] { function(handle, CUDA_SUCCESS, data); });
    return CUDA_SUCCESS;
  });
}
