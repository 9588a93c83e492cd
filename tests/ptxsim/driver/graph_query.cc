// What graphs say of their nodes and edges.
#include <algorithm>

#include "tests/ptxsim/driver/capture.h"
#include "tests/ptxsim/driver/graph.h"

namespace ptxsim {
namespace {

struct TypeOf {
  CUgraphNodeType operator()(const KernelOperation&) const { return CU_GRAPH_NODE_TYPE_KERNEL; }
  CUgraphNodeType operator()(const CopyOperation&) const { return CU_GRAPH_NODE_TYPE_MEMCPY; }
  CUgraphNodeType operator()(const FillOperation&) const { return CU_GRAPH_NODE_TYPE_MEMSET; }
  CUgraphNodeType operator()(const HostOperation&) const { return CU_GRAPH_NODE_TYPE_HOST; }
  CUgraphNodeType operator()(const EventOperation&) const {
    return CU_GRAPH_NODE_TYPE_EVENT_RECORD;
  }
};

CUresult graph_call(const char* entry, CUgraph handle,
                    const std::function<Answer(State&, Graph&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    const std::shared_ptr<Graph> graph = state.graphs.find(handle);
    return graph != nullptr ? body(state, *graph) : Answer(CUDA_ERROR_INVALID_VALUE);
  });
}

CUresult node_call(const char* entry, CUgraphNode handle,
                   const std::function<Answer(Node&)>& body) {
  return driver_call(entry, [&](State& state) -> Answer {
    const std::shared_ptr<NodePlace> place = state.nodes.find(handle);
    if (place == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return body(state.graphs.find(place->graph)->nodes[place->index]);
  });
}

// As many as `*count` has room for; the rest of the room is null. Without room, says how many.
template <class Handle>
void give_list(const std::vector<Handle>& list, Handle* out, size_t* count) {
  if (out == nullptr) {
    *count = list.size();
    return;
  }
  for (size_t i = 0; i < *count; ++i) out[i] = i < list.size() ? list[i] : Handle{};
  *count = std::min(*count, list.size());
}

Answer give_nodes(const Graph& graph, bool only_roots, CUgraphNode* nodes, size_t* count) {
  if (count == nullptr) return CUDA_ERROR_INVALID_VALUE;
  std::vector<CUgraphNode> handles;
  for (const Node& node : graph.nodes) {
    if (!only_roots || node.dependencies.empty()) handles.push_back(node.handle);
  }
  give_list(handles, nodes, count);
  return CUDA_SUCCESS;
}

Answer give_edges(const Graph& graph, CUgraphNode* from, CUgraphNode* to, CUgraphEdgeData* data,
                  size_t* count) {
  if (count == nullptr || (from == nullptr) != (to == nullptr)) return CUDA_ERROR_INVALID_VALUE;
  std::vector<CUgraphNode> froms, tos;
  std::vector<CUgraphEdgeData> edges;
  for (const Node& node : graph.nodes) {
    for (size_t dependency : node.dependencies) {
      froms.push_back(graph.nodes[dependency].handle);
      tos.push_back(node.handle);
      edges.push_back(edge_between(graph.nodes[dependency], node));
    }
  }
  size_t room = *count;
  give_list(froms, from, count);
  if (from == nullptr) return CUDA_SUCCESS;
  size_t copied = room;
  give_list(tos, to, &copied);
  if (data != nullptr) give_list(edges, data, &room);
  return CUDA_SUCCESS;
}

Answer give_kernel_parameters(Node& node, CUDA_KERNEL_NODE_PARAMS* out) {
  auto* operation = std::get_if<KernelOperation>(&node.operation);
  if (operation == nullptr || out == nullptr) return CUDA_ERROR_INVALID_VALUE;
  LaunchRequest& request = operation->request;
  node.parameter_addresses.clear();
  for (uint32_t offset : request.kernel->parameter_offsets) {
    node.parameter_addresses.push_back(request.parameters.data() + offset);
  }
  *out = {};
  out->func = operation->function;
  out->kern = operation->kernel;
  out->gridDimX = request.grid[0];
  out->gridDimY = request.grid[1];
  out->gridDimZ = request.grid[2];
  out->blockDimX = request.block[0];
  out->blockDimY = request.block[1];
  out->blockDimZ = request.block[2];
  out->sharedMemBytes = request.dynamic_shared_bytes;
  out->kernelParams = node.parameter_addresses.data();
  return CUDA_SUCCESS;
}

}  // namespace
}  // namespace ptxsim

using namespace ptxsim;

CUresult CUDAAPI cuGraphGetNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
  return graph_call("cuGraphGetNodes", handle,
                    [&](State&, Graph& graph) { return give_nodes(graph, false, nodes, count); });
}

CUresult CUDAAPI cuGraphGetRootNodes(CUgraph handle, CUgraphNode* nodes, size_t* count) {
  return graph_call("cuGraphGetRootNodes", handle,
                    [&](State&, Graph& graph) { return give_nodes(graph, true, nodes, count); });
}

CUresult CUDAAPI cuGraphGetEdges(CUgraph handle, CUgraphNode* from, CUgraphNode* to,
                                 CUgraphEdgeData* data, size_t* count) {
  return graph_call("cuGraphGetEdges", handle,
                    [&](State&, Graph& graph) { return give_edges(graph, from, to, data, count); });
}

CUresult CUDAAPI cuGraphNodeGetType(CUgraphNode handle, CUgraphNodeType* type) {
  return node_call("cuGraphNodeGetType", handle, [&](Node& node) -> Answer {
    if (type == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *type = std::visit(TypeOf{}, node.operation);
    return CUDA_SUCCESS;
  });
}

CUresult CUDAAPI cuGraphKernelNodeGetParams(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS* out) {
  return node_call("cuGraphKernelNodeGetParams", handle,
                   [&](Node& node) { return give_kernel_parameters(node, out); });
}
