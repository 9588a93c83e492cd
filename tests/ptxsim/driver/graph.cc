// Graphs: instantiation and launch.
#include "tests/ptxsim/driver/graph.h"

#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/stream.h"

namespace ptxsim {
namespace {

constexpr unsigned long long kInstantiateFlags = CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH |
                                                 CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD |
                                                 CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY;

// A kernel may start early only beside the one kernel that ran just before it.
Operation as_it_runs(const Graph& graph, size_t index) {
  const Node& node = graph.nodes[index];
  Operation operation = node.operation;
  if (auto* kernel = std::get_if<KernelOperation>(&operation)) {
    const bool follows =
        index > 0 && node.dependencies == std::vector<size_t>{index - 1} &&
        edge_between(graph.nodes[index - 1], node).type == CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC;
    kernel->request.programmatic = follows;
  }
  return operation;
}

// The node of the instantiated graph, for a launch into a stream that captures, would be a graph
// within a graph.
Answer launch(State& state, Stream& stream, CUgraphExec handle) {
  const std::shared_ptr<GraphExec> executable = state.executables.find(handle);
  if (executable == nullptr || executable->context != stream.context) {
    return CUDA_ERROR_INVALID_HANDLE;
  }
  const Answer allowed = check_implicit_dependency(state, stream, Query::kNo);
  if (!allowed.ok()) return allowed;
  if (stream.capture != nullptr) {
    stream.capture->is_invalid = true;
    return {CUDA_ERROR_NOT_SUPPORTED, "a graph within a graph is not modelled"};
  }
  return run_graph(state, context_of(state, stream), *executable);
}

}  // namespace

std::shared_ptr<Graph> make_graph(State& state) {
  auto graph = std::make_shared<Graph>();
  graph->handle = state.graphs.add(graph);
  return graph;
}

bool destroy_graph(State& state, CUgraph graph) {
  state.nodes.erase_if([graph](const NodePlace& place) { return place.graph == graph; });
  return state.graphs.erase(graph);
}

Answer run_graph(State& state, Context& context, const GraphExec& executable) {
  const Graph& graph = *executable.graph;
  const std::shared_ptr<Context> held = state.contexts.find(context.handle);  // see run()
  Answer done = settle(context);
  for (size_t index = 0; done.ok() && index < graph.nodes.size(); ++index) {
    done = run(state, context, *executable.order, as_it_runs(graph, index));
  }
  return done.ok() ? settle(context) : done;
}

}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuGraphCreate(CUgraph* graph, unsigned int flags) {
  return driver_call("cuGraphCreate", [&](State& state) -> Answer {
    if (graph == nullptr || flags != 0) return CUDA_ERROR_INVALID_VALUE;
    *graph = make_graph(state)->handle;
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuGraphDestroy(CUgraph graph) {
  return driver_call("cuGraphDestroy", [&](State& state) -> Answer {
    return destroy_graph(state, graph) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  });
}

CUresult CUDAAPI cuGraphInstantiate(CUgraphExec* executable, CUgraph handle,
                                    unsigned long long flags) {
  return context_call("cuGraphInstantiate", [&](State& state, Context& context) -> Answer {
    const std::shared_ptr<Graph> graph = state.graphs.find(handle);
    if (executable == nullptr || graph == nullptr || (flags & ~kInstantiateFlags) != 0) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    auto made = std::make_shared<GraphExec>();
    made->context = context.handle;
    made->graph = std::make_shared<const Graph>(*graph);
    made->order = context.engine->make_stream();
    *executable = state.executables.add(std::move(made));
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuGraphExecDestroy(CUgraphExec executable) {
  return driver_call("cuGraphExecDestroy", [&](State& state) -> Answer {
    return state.executables.erase(executable) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
  });
}

CUresult CUDAAPI cuGraphLaunch(CUgraphExec executable, CUstream handle) {
  return stream_call("cuGraphLaunch", handle, [&](State& state, Stream& stream) {
    return launch(state, stream, executable);
  });
}

CUresult CUDAAPI cuGraphUpload(CUgraphExec executable, CUstream handle) {
  return stream_call("cuGraphUpload", handle, [&](State& state, Stream&) -> Answer {
    return state.executables.find(executable) != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  });
}
