// Events: points of time in streams.
#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

constexpr unsigned kEventFlags =
    CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING | CU_EVENT_INTERPROCESS;

CUresult event_call(const char* entry, CUevent handle,
                    const std::function<Answer(State&, Event&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    const std::shared_ptr<Event> event = state.events.find(handle);
    return event != nullptr ? body(state, *event) : Answer(CUDA_ERROR_INVALID_HANDLE);
  });
}

// A call that waits for the event, or asks whether it has come.
Answer wait(State& state, Event& event) {
  if (event.capture != nullptr) return CUDA_ERROR_CAPTURED_EVENT;
  return settle(*state.contexts.find(event.context));
}

CUresult record(const char* entry, CUevent handle, CUstream stream, unsigned flags) {
  return stream_call(entry, stream, [&](State& state, Stream& into) -> Answer {
    const std::shared_ptr<Event> event = state.events.find(handle);
    if (event == nullptr || event->context != into.context) return CUDA_ERROR_INVALID_HANDLE;
    if ((flags & ~unsigned{CU_EVENT_RECORD_EXTERNAL}) != 0) return CUDA_ERROR_INVALID_VALUE;
    const bool is_external = (flags & CU_EVENT_RECORD_EXTERNAL) != 0;
    // Within a capture, an event that is not for the outside is a point of the graph, not a node.
    if (into.capture != nullptr && !is_external) return capture_event(into, *event);
    return submit(state, into, EventOperation{handle});
  });
}

// In milliseconds.
Answer elapsed(const Event& start, const Event& end, float* milliseconds) {
  if (start.capture != nullptr || end.capture != nullptr) return CUDA_ERROR_CAPTURED_EVENT;
  const bool is_timed = ((start.flags | end.flags) & CU_EVENT_DISABLE_TIMING) == 0;
  if (!is_timed || !start.is_recorded || !end.is_recorded) return CUDA_ERROR_INVALID_HANDLE;
  *milliseconds = std::chrono::duration<float, std::milli>(end.time - start.time).count();
  return CUDA_SUCCESS;
}

}  // namespace
}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuEventCreate(CUevent* event, unsigned int flags) {
  return context_call("cuEventCreate", [&](State& state, Context& context) -> Answer {
    if (event == nullptr || (flags & ~kEventFlags) != 0) return CUDA_ERROR_INVALID_VALUE;
    if ((flags & CU_EVENT_INTERPROCESS) != 0) {
      return {CUDA_ERROR_NOT_SUPPORTED, "events between processes are not modelled"};
    }
    auto made = std::make_shared<Event>();
    made->context = context.handle;
    made->flags = flags;
    *event = state.events.add(std::move(made));
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuEventDestroy(CUevent event) {
  return driver_call("cuEventDestroy", [&](State& state) -> Answer {
    return state.events.erase(event) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  });
}

CUresult CUDAAPI cuEventRecord(CUevent event, CUstream stream) {
  return record("cuEventRecord", event, stream, CU_EVENT_RECORD_DEFAULT);
}

CUresult CUDAAPI cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned int flags) {
  return record("cuEventRecordWithFlags", event, stream, flags);
}

CUresult CUDAAPI cuEventQuery(CUevent event) {
  return event_call("cuEventQuery", event, wait);
}

CUresult CUDAAPI cuEventSynchronize(CUevent event) {
  return event_call("cuEventSynchronize", event, wait);
}

CUresult CUDAAPI cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end) {
  return event_call("cuEventElapsedTime", start, [&](State& state, Event& first) -> Answer {
    const std::shared_ptr<Event> last = state.events.find(end);
    if (milliseconds == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return last != nullptr ? elapsed(first, *last, milliseconds)
                           : Answer(CUDA_ERROR_INVALID_HANDLE);
  });
}

CUresult CUDAAPI cuStreamWaitEvent(CUstream stream, CUevent handle, unsigned int flags) {
  return stream_call("cuStreamWaitEvent", stream, [&](State& state, Stream& waiting) -> Answer {
    const std::shared_ptr<Event> event = state.events.find(handle);
    if (event == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if ((flags & ~unsigned{CU_EVENT_WAIT_EXTERNAL}) != 0) return CUDA_ERROR_INVALID_VALUE;
    return capture_wait(state, waiting, *event);
  });
}
