// The entry points of stream capture.
#include <algorithm>

#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/graph.h"
#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

bool is_mode(CUstreamCaptureMode mode) {
  return mode == CU_STREAM_CAPTURE_MODE_GLOBAL || mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL ||
         mode == CU_STREAM_CAPTURE_MODE_RELAXED;
}

Answer begin(State& state, Stream& stream, CUstreamCaptureMode mode) {
  if (!is_mode(mode)) return CUDA_ERROR_INVALID_VALUE;
  if (stream.is_legacy) {
    return {CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "the null stream can't be captured"};
  }
  if (stream.capture != nullptr) return {CUDA_ERROR_ILLEGAL_STATE, "the stream captures already"};
  const Answer settled = settle(context_of(state, stream));
  if (!settled.ok()) return settled;
  auto capture = std::make_shared<Capture>();
  capture->id = state.next_id++;
  capture->mode = mode;
  capture->thread = std::this_thread::get_id();
  capture->origin = &stream;
  capture->graph = make_graph(state);
  state.captures.push_back(capture);
  stream.capture = std::move(capture);
  stream.tail.clear();
  return CUDA_SUCCESS;
}

// Whether all that other streams did in the capture comes before where its first stream stands.
bool is_joined(const State& state, const Stream& origin) {
  std::vector<bool> is_before(origin.capture->graph->nodes.size());
  std::vector<size_t> open = origin.tail;
  while (!open.empty()) {
    const size_t node = open.back();
    open.pop_back();
    if (is_before[node]) continue;
    is_before[node] = true;
    const auto& dependencies = origin.capture->graph->nodes[node].dependencies;
    open.insert(open.end(), dependencies.begin(), dependencies.end());
  }
  bool joined = true;
  for_each_stream(state, [&](const Stream& stream) {
    if (stream.capture != origin.capture) return;
    for (size_t node : stream.tail) joined = joined && is_before[node];
  });
  return joined;
}

// All streams of the capture are free again.
void release_streams(State& state, const std::shared_ptr<Capture>& capture) {
  for_each_stream(state, [&](Stream& stream) {
    if (stream.capture != capture) return;
    stream.capture = nullptr;
    stream.tail.clear();
  });
  std::erase(state.captures, capture);
}

Answer end(State& state, Stream& stream, CUgraph* graph) {
  if (graph == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *graph = nullptr;
  const std::shared_ptr<Capture> capture = stream.capture;
  if (capture == nullptr) return {CUDA_ERROR_ILLEGAL_STATE, "the stream does not capture"};
  if (capture->origin != &stream) {
    capture->is_invalid = true;
    return {CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "the capture began in another stream"};
  }
  if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED &&
      capture->thread != std::this_thread::get_id()) {
    return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
  }
  const bool joined = is_joined(state, stream);
  release_streams(state, capture);
  if (capture->is_invalid || !joined) {
    destroy_graph(state, capture->graph->handle);
    if (capture->is_invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    return {CUDA_ERROR_STREAM_CAPTURE_UNJOINED,
            "work of another stream comes before no work of the stream that began the capture"};
  }
  *graph = capture->graph->handle;
  return CUDA_SUCCESS;
}

CUstreamCaptureStatus status_of(const Stream& stream) {
  if (stream.capture == nullptr) return CU_STREAM_CAPTURE_STATUS_NONE;
  return stream.capture->is_invalid ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                    : CU_STREAM_CAPTURE_STATUS_ACTIVE;
}

struct InfoOut {
  CUstreamCaptureStatus* status;
  cuuint64_t* id;
  CUgraph* graph;
  const CUgraphNode** dependencies;
  const CUgraphEdgeData** edges;
  size_t* count;
};

Answer give_info(State& state, Stream& stream, const InfoOut& out) {
  if (out.status == nullptr) return CUDA_ERROR_INVALID_VALUE;
  const Answer implicit = check_implicit_dependency(state, stream, Query::kYes);
  if (!implicit.ok()) return implicit;
  *out.status = status_of(stream);
  if (*out.status != CU_STREAM_CAPTURE_STATUS_ACTIVE) return CUDA_SUCCESS;
  stream.tail_handles.clear();
  for (size_t node : stream.tail) {
    stream.tail_handles.push_back(stream.capture->graph->nodes[node].handle);
  }
  stream.tail_edges.assign(stream.tail.size(), CUgraphEdgeData{});
  if (out.id != nullptr) *out.id = stream.capture->id;
  if (out.graph != nullptr) *out.graph = stream.capture->graph->handle;
  if (out.dependencies != nullptr) *out.dependencies = stream.tail_handles.data();
  if (out.edges != nullptr) *out.edges = stream.tail_edges.data();
  if (out.count != nullptr) *out.count = stream.tail.size();
  return CUDA_SUCCESS;
}

CUresult capture_info(CUstream handle, const InfoOut& out) {
  return stream_call("cuStreamGetCaptureInfo", handle,
                     [&](State& state, Stream& stream) { return give_info(state, stream, out); });
}

}  // namespace
}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuStreamBeginCapture(CUstream handle, CUstreamCaptureMode mode) {
  return stream_call("cuStreamBeginCapture", handle,
                     [&](State& state, Stream& stream) { return begin(state, stream, mode); });
}

CUresult CUDAAPI cuStreamEndCapture(CUstream handle, CUgraph* graph) {
  return stream_call("cuStreamEndCapture", handle,
                     [&](State& state, Stream& stream) { return end(state, stream, graph); });
}

CUresult CUDAAPI cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus* status) {
  return stream_call("cuStreamIsCapturing", handle, [&](State& state, Stream& stream) {
    return give_info(state, stream, {status, nullptr, nullptr, nullptr, nullptr, nullptr});
  });
}

CUresult CUDAAPI cuStreamGetCaptureInfo(CUstream handle, CUstreamCaptureStatus* status,
                                        cuuint64_t* id, CUgraph* graph,
                                        const CUgraphNode** dependencies,
                                        const CUgraphEdgeData** edges, size_t* count) {
  return capture_info(handle, {status, id, graph, dependencies, edges, count});
}

// The signature of CUDA 11.3, which cuda.h no longer declares.
extern "C" __attribute__((visibility("default"))) CUresult CUDAAPI
cuStreamGetCaptureInfo_v2(CUstream handle, CUstreamCaptureStatus* status, cuuint64_t* id,
                          CUgraph* graph, const CUgraphNode** dependencies, size_t* count) {
  return capture_info(handle, {status, id, graph, dependencies, nullptr, count});
}

CUresult CUDAAPI cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode* mode) {
  return driver_call("cuThreadExchangeStreamCaptureMode", [&](State&) -> Answer {
    if (mode == nullptr || !is_mode(*mode)) return CUDA_ERROR_INVALID_VALUE;
    std::swap(*mode, this_thread().capture_mode);
    return CUDA_SUCCESS;
  });
}
