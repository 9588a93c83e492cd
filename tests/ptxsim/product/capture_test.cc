// Stream capture on ptxsim: what a miss does to one, what a load on another thread does to one, and
// what a captured launch is.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/ptxsim/product/streams_fixture.h"

namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr CUstreamCaptureMode kModes[] = {CU_STREAM_CAPTURE_MODE_GLOBAL,
                                          CU_STREAM_CAPTURE_MODE_THREAD_LOCAL,
                                          CU_STREAM_CAPTURE_MODE_RELAXED};

class Capture : public Streams {
 protected:
  void SetUp() override {
    Streams::SetUp();
    ASSERT_DRIVER(cuStreamCreate(&stream_, CU_STREAM_NON_BLOCKING));
  }

  // The nodes of the graph, all of them kernels; 0 where the capture did not end well.
  size_t end_capture(CUgraph* graph) {
    EXPECT_EQ(cuStreamEndCapture(stream_, graph), CUDA_SUCCESS);
    size_t count = 0;
    if (*graph == nullptr || cuGraphGetNodes(*graph, nullptr, &count) != CUDA_SUCCESS) return 0;
    std::vector<CUgraphNode> nodes(count);
    EXPECT_EQ(cuGraphGetNodes(*graph, nodes.data(), &count), CUDA_SUCCESS);
    for (CUgraphNode node : nodes) {
      CUgraphNodeType type = CU_GRAPH_NODE_TYPE_EMPTY;
      EXPECT_EQ(cuGraphNodeGetType(node, &type), CUDA_SUCCESS);
      EXPECT_EQ(type, CU_GRAPH_NODE_TYPE_KERNEL);
    }
    return count;
  }

  fp4jit_status launch_first(const Chain& chain, CUstream stream) {
    const fp4jit_launch_args args = first_of(chain, stream);
    return fp4jit_launch_spec(runtime_, &chain.specs[0], 0, &args);
  }

  fp4jit_counters counters() {
    fp4jit_counters counters = {};
    counters.struct_size = sizeof counters;
    EXPECT_EQ(fp4jit_stats(runtime_, &counters), FP4JIT_OK);
    return counters;
  }

  CUstream stream_ = nullptr;
};

TEST_F(Capture, AMissIsANamedErrorAndLeavesTheCaptureValid) {
  const Chain missing = make_chain(100), prepared = make_chain(100);
  fp4jit_kernel kernel = 0;
  ASSERT_EQ(fp4jit_load(runtime_, &prepared.specs[1], 0, &kernel), FP4JIT_OK);
  const fp4jit_launch_args args =
      args_of(reinterpret_cast<void*>(prepared.data[0]), reinterpret_cast<void*>(prepared.data[1]),
              reinterpret_cast<void*>(prepared.sf[1]), stream_);
  for (CUstreamCaptureMode mode : kModes) {
    ASSERT_DRIVER(cuStreamBeginCapture(stream_, mode));
    ASSERT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_OK);
    EXPECT_EQ(launch_first(missing, stream_), FP4JIT_E_NOT_PREPARED_IN_CAPTURE) << mode;
    EXPECT_THAT(fp4jit_last_error(),
                AllOf(HasSubstr("mxfp8_quantize[k=1024"), HasSubstr("fp4jit prewarm --spec")));
    ASSERT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_OK);
    CUgraph graph = nullptr;
    EXPECT_EQ(end_capture(&graph), 2u) << mode;
  }
  EXPECT_EQ(counters().capture_misses, 3u);
  EXPECT_EQ(counters().compiles, 1u);
}

// The default stream may not be asked anything while another captures, and says so.
TEST_F(Capture, AMissOnTheDefaultStreamBesideACaptureIsOneToo) {
  const Chain chain = make_chain(100);
  ASSERT_EQ(fp4jit_compile(runtime_, &chain.specs[0]), FP4JIT_OK);
  fp4jit_kernel kernel = 0;
  ASSERT_EQ(fp4jit_load(runtime_, &chain.specs[1], 0, &kernel), FP4JIT_OK);
  CUstream blocking = nullptr;
  ASSERT_DRIVER(cuStreamCreate(&blocking, CU_STREAM_DEFAULT));
  ASSERT_DRIVER(cuStreamBeginCapture(blocking, CU_STREAM_CAPTURE_MODE_GLOBAL));
  EXPECT_EQ(launch_first(chain, nullptr), FP4JIT_E_NOT_PREPARED_IN_CAPTURE);
  CUgraph graph = nullptr;
  EXPECT_EQ(cuStreamEndCapture(blocking, &graph), CUDA_SUCCESS);
}

// The chain's last kernel alone, which is small: a thousand take a second.
TEST_F(Capture, IsReplayedAThousandTimesWithEqualBytes) {
  Chain chain = make_chain(100);
  chain.specs = {chain.specs[2]};
  load(chain, 0);
  const Bytes input = write_input(chain, 11);
  ASSERT_DRIVER(cuStreamBeginCapture(stream_, CU_STREAM_CAPTURE_MODE_GLOBAL));
  launch(chain, 0, stream_);
  CUgraph graph = nullptr;
  ASSERT_EQ(end_capture(&graph), 1u);
  CUgraphExec replay = nullptr;
  ASSERT_DRIVER(cuGraphInstantiate(&replay, graph, 0));
  const Bytes expected = on_host(chain.specs, input);
  const fp4jit_output_shape shape = shape_of(chain.specs[0]);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_DRIVER(cuMemsetD8(chain.sf[0], 0x7F, static_cast<size_t>(shape.sf_bytes)));
    ASSERT_DRIVER(cuMemsetD8(chain.data[0], 0xFF, static_cast<size_t>(shape.data_bytes)));
    ASSERT_DRIVER(cuGraphLaunch(replay, stream_));
    ASSERT_DRIVER(cuStreamSynchronize(stream_));
    ASSERT_EQ(read(chain), expected) << "replay " << i;
  }
}

TEST_F(Capture, StaysValidWhileAnotherThreadPrepares) {
  const Chain chain = make_chain(100);
  load(chain, 0);
  for (CUstreamCaptureMode mode : kModes) {
    ASSERT_DRIVER(cuStreamBeginCapture(stream_, mode));
    std::thread([&] {
      fp4jit_spec other = chain.specs[0];
      other.k = other.k_out = 2048 + 32 * static_cast<uint32_t>(mode);
      EXPECT_EQ(fp4jit_load(runtime_, &other, 0, nullptr), FP4JIT_OK) << fp4jit_last_error();
    }).join();
    launch(chain, 0, stream_);
    CUgraph graph = nullptr;
    EXPECT_EQ(end_capture(&graph), chain.specs.size()) << mode;
  }
}

TEST_F(Capture, HoldsThePdlEdgesOfTheChain) {
  const Chain chain = make_chain(100);
  load(chain, 0);
  ASSERT_DRIVER(cuStreamBeginCapture(stream_, CU_STREAM_CAPTURE_MODE_GLOBAL));
  launch(chain, 0, stream_);
  CUgraph graph = nullptr;
  ASSERT_EQ(end_capture(&graph), chain.specs.size());
  size_t count = 0;
  ASSERT_DRIVER(cuGraphGetEdges_v2(graph, nullptr, nullptr, nullptr, &count));
  ASSERT_EQ(count, chain.specs.size() - 1);
  std::vector<CUgraphNode> from(count), to(count);
  std::vector<CUgraphEdgeData> edges(count);
  ASSERT_DRIVER(cuGraphGetEdges_v2(graph, from.data(), to.data(), edges.data(), &count));
  for (const CUgraphEdgeData& edge : edges) {
    EXPECT_EQ(edge.type, CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC);
  }
}

class CaptureWithGeneric : public Capture {
 protected:
  CaptureWithGeneric() { on_miss_ = FP4JIT_ON_MISS_GENERIC; }
};

// Another K of a family of which one was loaded.
TEST_F(CaptureWithGeneric, AMissIsServedWithTheSameBytes) {
  Chain chain = make_chain(100);
  ASSERT_EQ(fp4jit_load(runtime_, &chain.specs[0], 0, nullptr), FP4JIT_OK) << fp4jit_last_error();
  chain.specs[0].k = 992;  // padded to 1024
  const Bytes input = write_input(chain, 12);
  const Bytes expected = on_host({chain.specs[0]}, input);
  ASSERT_EQ(launch_first(chain, stream_), FP4JIT_OK) << fp4jit_last_error();
  ASSERT_DRIVER(cuStreamSynchronize(stream_));
  EXPECT_EQ(read(chain, 1), expected);
  EXPECT_EQ(fp4jit_drain(runtime_), FP4JIT_OK) << fp4jit_last_error();
  ASSERT_EQ(launch_first(chain, stream_), FP4JIT_OK) << "now its own kernel is there";
  ASSERT_DRIVER(cuStreamSynchronize(stream_));
  EXPECT_EQ(read(chain, 1), expected);
  EXPECT_EQ(counters().generic_misses, 1u);
  EXPECT_EQ(counters().background_builds, 1u);
  EXPECT_EQ(counters().hits, 1u);
}

// The build goes on beside the capture, which stays valid.
TEST_F(CaptureWithGeneric, AMissInACaptureIsServedToo) {
  Chain chain = make_chain(100);
  ASSERT_EQ(fp4jit_load(runtime_, &chain.specs[0], 0, nullptr), FP4JIT_OK) << fp4jit_last_error();
  chain.specs[0].k = 960;
  const Bytes input = write_input(chain, 13);
  for (CUstreamCaptureMode mode : kModes) {
    chain.specs[0].k -= 32;
    ASSERT_DRIVER(cuStreamBeginCapture(stream_, mode));
    ASSERT_EQ(launch_first(chain, stream_), FP4JIT_OK) << fp4jit_last_error();
    EXPECT_EQ(fp4jit_drain(runtime_), FP4JIT_OK) << fp4jit_last_error();
    CUgraph graph = nullptr;
    ASSERT_EQ(end_capture(&graph), 1u);
    CUgraphExec replay = nullptr;
    ASSERT_DRIVER(cuGraphInstantiate(&replay, graph, 0));
    ASSERT_DRIVER(cuGraphLaunch(replay, stream_));
    ASSERT_DRIVER(cuStreamSynchronize(stream_));
    EXPECT_EQ(read(chain, 1), on_host({chain.specs[0]}, input)) << mode;
  }
}

}  // namespace
