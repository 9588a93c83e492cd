#include "tests/ptxsim/driver/capture.h"

#include <algorithm>

#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

// Whether the capture forbids the calling thread potentially unsafe calls.
bool forbids_unsafe(const Capture& capture) {
  const CUstreamCaptureMode own = this_thread().capture_mode;
  if (own == CU_STREAM_CAPTURE_MODE_RELAXED) return false;
  if (capture.thread == std::this_thread::get_id()) {
    return capture.mode != CU_STREAM_CAPTURE_MODE_RELAXED;
  }
  return own == CU_STREAM_CAPTURE_MODE_GLOBAL && capture.mode == CU_STREAM_CAPTURE_MODE_GLOBAL;
}

void invalidate_with(State& state, const std::function<bool(const Stream&)>& is_hit) {
  for_each_stream(state, [&](const Stream& stream) {
    if (stream.capture != nullptr && is_hit(stream)) stream.capture->is_invalid = true;
  });
}

bool is_any(const State& state, const std::function<bool(const Stream&)>& is_hit) {
  bool any = false;
  for_each_stream(state, [&](const Stream& stream) {
    any = any || (stream.capture != nullptr && is_hit(stream));
  });
  return any;
}

// Waiting for a stream that only records would be for ever, whatever the mode.
Answer refuse(State& state, const std::function<bool(const Stream&)>& is_hit) {
  if (!is_any(state, is_hit)) return CUDA_SUCCESS;
  invalidate_with(state, is_hit);
  return {CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
          "the stream captures, so that this call would never end"};
}

void unite(std::vector<size_t>* nodes, const std::vector<size_t>& more) {
  for (size_t node : more) {
    if (std::ranges::find(*nodes, node) == nodes->end()) nodes->push_back(node);
  }
}

}  // namespace

bool unsafe_calls_allowed(const State& state) {
  return std::ranges::none_of(state.captures, [](const auto& c) { return forbids_unsafe(*c); });
}

Answer forbid_unsafe_call(State& state) {
  for (const auto& capture : state.captures) {
    if (forbids_unsafe(*capture)) capture->is_invalid = true;
  }
  return {CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
          "not allowed while a stream captures in this mode; the capture is invalid now"};
}

Answer check_implicit_dependency(State& state, const Stream& stream, Query query) {
  if (!stream.is_legacy) return CUDA_SUCCESS;
  auto is_hit = [&](const Stream& other) {
    return other.context == stream.context && (other.flags & CU_STREAM_NON_BLOCKING) == 0;
  };
  if (!is_any(state, is_hit)) return CUDA_SUCCESS;
  if (query == Query::kYes) return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  invalidate_with(state, is_hit);
  return {CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
          "the null stream would wait for a blocking stream that captures"};
}

Answer check_stream_not_capturing(State& state, const Stream& stream) {
  const Answer implicit = check_implicit_dependency(state, stream, Query::kNo);
  if (!implicit.ok()) return implicit;
  return refuse(state, [&](const Stream& other) { return &other == &stream; });
}

Answer check_context_not_capturing(State& state, const Context& context) {
  return refuse(state, [&](const Stream& other) { return other.context == context.handle; });
}

Answer capture_operation(State& state, Stream& stream, Operation operation) {
  Capture& capture = *stream.capture;
  if (capture.is_invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  Graph& graph = *capture.graph;
  const size_t index = graph.nodes.size();
  auto place = std::make_shared<NodePlace>(NodePlace{graph.handle, index});
  graph.nodes.push_back({state.nodes.add(place), std::move(operation), stream.tail, {}});
  stream.tail = {index};
  return CUDA_SUCCESS;
}

Answer capture_event(Stream& stream, Event& event) {
  if (stream.capture->is_invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  event.capture = stream.capture;
  event.tail = stream.tail;
  event.is_recorded = false;
  return CUDA_SUCCESS;
}

Answer capture_wait(State& state, Stream& stream, const Event& event) {
  const Answer allowed = check_implicit_dependency(state, stream, Query::kNo);
  if (!allowed.ok()) return allowed;
  const bool goes_on = std::ranges::find(state.captures, event.capture) != state.captures.end();
  if (stream.capture == nullptr && !goes_on) return settle(context_of(state, stream));
  if (stream.capture != nullptr && stream.capture->is_invalid) {
    return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  }
  if (!goes_on) {
    stream.capture->is_invalid = true;
    return {CUDA_ERROR_STREAM_CAPTURE_ISOLATION, "the event was recorded outside of the capture"};
  }
  if (event.capture->is_invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
  if (stream.capture != nullptr && stream.capture != event.capture) {
    stream.capture->is_invalid = event.capture->is_invalid = true;
    return {CUDA_ERROR_STREAM_CAPTURE_MERGE, "the event was recorded in another capture"};
  }
  if (stream.is_legacy) {
    event.capture->is_invalid = true;
    return {CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "the null stream can't be captured"};
  }
  stream.capture = event.capture;
  unite(&stream.tail, event.tail);
  return CUDA_SUCCESS;
}

void abandon_capture(State& state, const Stream& stream) {
  if (stream.capture == nullptr) return;
  stream.capture->is_invalid = true;
  if (stream.capture->origin == &stream) std::erase(state.captures, stream.capture);
}

CUgraphEdgeData edge_between(const Node& from, const Node& to) {
  CUgraphEdgeData edge = {};
  const auto* successor = std::get_if<KernelOperation>(&to.operation);
  const bool is_programmatic = std::holds_alternative<KernelOperation>(from.operation) &&
                               successor != nullptr && successor->request.programmatic;
  if (is_programmatic) {
    edge.from_port = CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC;
    edge.type = CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC;
  }
  return edge;
}

}  // namespace ptxsim
