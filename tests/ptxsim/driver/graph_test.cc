#include <functional>

#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

class Graphs : public Driver {
 protected:
  // What `enqueue` puts into a stream.
  template <class Enqueue>
  CUgraph capture(Enqueue enqueue) {
    CUstream stream = this->stream();
    CUgraph graph = nullptr;
    EXPECT_EQ(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), CUDA_SUCCESS);
    enqueue(stream);
    EXPECT_EQ(cuStreamEndCapture(stream, &graph), CUDA_SUCCESS);
    return graph;
  }
  CUgraphExec instantiate(CUgraph graph) {
    CUgraphExec executable = nullptr;
    EXPECT_EQ(cuGraphInstantiate(&executable, graph, 0), CUDA_SUCCESS);
    return executable;
  }
  std::vector<CUgraphNode> nodes(CUgraph graph) {
    size_t count = 0;
    EXPECT_EQ(cuGraphGetNodes(graph, nullptr, &count), CUDA_SUCCESS);
    std::vector<CUgraphNode> nodes(count);
    EXPECT_EQ(cuGraphGetNodes(graph, nodes.data(), &count), CUDA_SUCCESS);
    return nodes;
  }
  CUresult programmatic(CUfunction function, CUstream stream, CUdeviceptr address) {
    CUlaunchAttribute attribute = {};
    attribute.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION;
    attribute.value.programmaticStreamSerializationAllowed = 1;
    const CUlaunchConfig config = {1, 1, 1, 1, 1, 1, 0, stream, &attribute, 1};
    void* parameters[] = {&address};
    return cuLaunchKernelEx(&config, function, parameters, nullptr);
  }
};

TEST_F(Graphs, RunWhatWasCapturedAsOftenAsTheyAreLaunched) {
  CUdeviceptr memory = words(2);
  const CUfunction add = function("add_one");
  uint32_t host = 0;
  CUgraph graph = capture([&](CUstream stream) {
    EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
    EXPECT_EQ(cuMemcpyDtoDAsync(memory + 4, memory, 4, stream), CUDA_SUCCESS);
    EXPECT_EQ(add_one(add, stream, memory + 4), CUDA_SUCCESS);
    EXPECT_EQ(cuMemcpyDtoHAsync(&host, memory + 4, 4, stream), CUDA_SUCCESS);
  });
  EXPECT_EQ(word(memory), 0u) << "nothing has run yet";
  CUgraphExec executable = instantiate(graph);
  EXPECT_EQ(cuGraphUpload(executable, nullptr), CUDA_SUCCESS);
  CUstream stream = this->stream();
  for (uint32_t launch = 1; launch <= 3; ++launch) {
    EXPECT_EQ(cuGraphLaunch(executable, stream), CUDA_SUCCESS);
    EXPECT_EQ(cuStreamSynchronize(stream), CUDA_SUCCESS);
    EXPECT_EQ(word(memory), launch);
    EXPECT_EQ(host, launch + 1);
  }
}

// The bytes of the parameters are those of the moment of the capture.
TEST_F(Graphs, KeepTheirParameters) {
  CUdeviceptr memory = words(2), address = memory;
  uint32_t value = 5;
  const CUfunction store = function("store");
  CUgraph graph = capture([&](CUstream stream) {
    EXPECT_EQ(launch(store, stream, {&address, &value}), CUDA_SUCCESS);
  });
  address = memory + 4;
  value = 6;
  EXPECT_EQ(cuGraphLaunch(instantiate(graph), nullptr), CUDA_SUCCESS);
  EXPECT_EQ(word(memory), 5u);
  EXPECT_EQ(word(memory + 4), 0u);
  CUDA_KERNEL_NODE_PARAMS parameters = {};
  ASSERT_EQ(cuGraphKernelNodeGetParams(nodes(graph).at(0), &parameters), CUDA_SUCCESS);
  EXPECT_EQ(parameters.func, store);
  EXPECT_EQ(parameters.gridDimX, 1u);
  EXPECT_EQ(parameters.blockDimX, 1u);
  EXPECT_EQ(parameters.sharedMemBytes, 0u);
  EXPECT_EQ(*static_cast<CUdeviceptr*>(parameters.kernelParams[0]), memory);
  EXPECT_EQ(*static_cast<uint32_t*>(parameters.kernelParams[1]), 5u);
}

TEST_F(Graphs, NodesHaveTypesAndEdges) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUevent event = this->event();
  int called = 0;
  CUgraph graph = capture([&](CUstream stream) {
    EXPECT_EQ(cuMemsetD32Async(memory, 4, 1, stream), CUDA_SUCCESS);
    EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
    auto count = [](void* data) { ++*static_cast<int*>(data); };
    EXPECT_EQ(cuLaunchHostFunc(stream, count, &called), CUDA_SUCCESS);
    EXPECT_EQ(cuEventRecordWithFlags(event, stream, CU_EVENT_RECORD_EXTERNAL), CUDA_SUCCESS);
    EXPECT_EQ(cuMemcpyDtoDAsync(memory, memory, 4, stream), CUDA_SUCCESS);
  });
  std::vector<CUgraphNodeType> types;
  for (CUgraphNode node : nodes(graph)) {
    types.emplace_back();
    EXPECT_EQ(cuGraphNodeGetType(node, &types.back()), CUDA_SUCCESS);
  }
  EXPECT_THAT(types, testing::ElementsAre(CU_GRAPH_NODE_TYPE_MEMSET, CU_GRAPH_NODE_TYPE_KERNEL,
                                          CU_GRAPH_NODE_TYPE_HOST, CU_GRAPH_NODE_TYPE_EVENT_RECORD,
                                          CU_GRAPH_NODE_TYPE_MEMCPY));
  size_t count = 9;
  CUgraphNode from[9], to[9], root[2];
  EXPECT_EQ(cuGraphGetEdges(graph, from, to, nullptr, &count), CUDA_SUCCESS);
  ASSERT_EQ(count, 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(from[i], nodes(graph)[i]);
    EXPECT_EQ(to[i], nodes(graph)[i + 1]);
  }
  count = 2;
  EXPECT_EQ(cuGraphGetRootNodes(graph, root, &count), CUDA_SUCCESS);
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(root[0], from[0]);
  EXPECT_EQ(cuGraphLaunch(instantiate(graph), nullptr), CUDA_SUCCESS);
  EXPECT_EQ(called, 1);
  EXPECT_EQ(cuEventQuery(event), CUDA_SUCCESS);
  EXPECT_EQ(word(memory), 5u);
}

TEST_F(Graphs, AProgrammaticLaunchHasAnEdgeOfItsKind) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUgraph graph = capture([&](CUstream stream) {
    EXPECT_EQ(programmatic(add, stream, memory), CUDA_SUCCESS);
    EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
    EXPECT_EQ(programmatic(add, stream, memory), CUDA_SUCCESS);
  });
  CUgraphNode from[2], to[2];
  CUgraphEdgeData edges[2] = {};
  size_t count = 2;
  ASSERT_EQ(cuGraphGetEdges(graph, from, to, edges, &count), CUDA_SUCCESS);
  ASSERT_EQ(count, 2u);
  EXPECT_EQ(edges[0].type, CU_GRAPH_DEPENDENCY_TYPE_DEFAULT);
  EXPECT_EQ(edges[1].type, CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC);
  EXPECT_EQ(edges[1].from_port, CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC);
}

// The kernel reads what its predecessor writes and never waits for it.
TEST_F(Graphs, AProgrammaticLaunchThatDoesNotWaitIsFoundOut) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUgraph graph = capture([&](CUstream stream) {
    EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
    EXPECT_EQ(programmatic(add, stream, memory), CUDA_SUCCESS);
  });
  cuGraphLaunch(instantiate(graph), nullptr);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_LAUNCH_FAILED);
}

TEST_F(Graphs, APredecessorThatIsWaitedForIsSeen) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUstream stream = this->stream();
  const std::vector<std::function<CUresult()>> waits = {
      [&] { return cuStreamSynchronize(stream); },
      [&] { return cuCtxSynchronize(); },
      [&] { return cuEventRecord(event(), stream); },
      [&] { return cuMemsetD32Async(memory, 7, 1, stream); },
  };
  for (const auto& wait : waits) {
    EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
    EXPECT_EQ(wait(), CUDA_SUCCESS);
    EXPECT_EQ(programmatic(add, stream, memory), CUDA_SUCCESS);
    EXPECT_EQ(cuStreamSynchronize(stream), CUDA_SUCCESS);
  }
  EXPECT_EQ(word(memory), 8u);
  EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
  programmatic(add, stream, memory);
  EXPECT_EQ(cuStreamSynchronize(stream), CUDA_ERROR_LAUNCH_FAILED) << "and where nothing waits";
}

TEST_F(Graphs, AnUnloadedKernelIsNotLaunched) {
  CUdeviceptr memory = words();
  CUmodule module = load();
  CUfunction add = nullptr;
  ASSERT_EQ(cuModuleGetFunction(&add, module, "add_one"), CUDA_SUCCESS);
  CUgraphExec executable = instantiate(
      capture([&](CUstream stream) { EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS); }));
  ASSERT_EQ(cuModuleUnload(module), CUDA_SUCCESS);
  testing::internal::CaptureStderr();
  EXPECT_EQ(cuGraphLaunch(executable, nullptr), CUDA_ERROR_INVALID_HANDLE);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("kernel add_one is of a module that was unloaded"));
}

TEST_F(Graphs, AreNothingOnceDestroyed) {
  CUdeviceptr memory = words();
  CUgraph graph = capture(
      [&](CUstream stream) { EXPECT_EQ(cuMemsetD8Async(memory, 1, 4, stream), CUDA_SUCCESS); });
  CUgraphNode node = nodes(graph).at(0);
  CUgraphExec executable = instantiate(graph);
  EXPECT_EQ(cuGraphDestroy(graph), CUDA_SUCCESS);
  EXPECT_EQ(cuGraphDestroy(graph), CUDA_ERROR_INVALID_VALUE);
  CUgraphNodeType type = CU_GRAPH_NODE_TYPE_KERNEL;
  EXPECT_EQ(cuGraphNodeGetType(node, &type), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuGraphInstantiate(&executable, graph, 0), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuGraphLaunch(executable, nullptr), CUDA_SUCCESS) << "it outlives its graph";
  EXPECT_EQ(word(memory), 0x01010101u);
  EXPECT_EQ(cuGraphExecDestroy(executable), CUDA_SUCCESS);
  EXPECT_EQ(cuGraphExecDestroy(executable), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuGraphLaunch(executable, nullptr), CUDA_ERROR_INVALID_HANDLE);
}

}  // namespace
}  // namespace ptxsim
