// How streams enter and leave a capture, and what it says of itself.
#include "tests/ptxsim/driver/capture_fixture.h"

namespace ptxsim {
namespace {

class CapturedStreams : public Captures {};

TEST_F(CapturedStreams, EventsForkAndJoinACapture) {
  CUdeviceptr memory = words(2);
  const CUfunction add = function("add_one");
  CUstream first = begin(kGlobal), second = stream();
  CUevent fork = event(), join = event();
  EXPECT_EQ(add_one(add, first, memory), CUDA_SUCCESS);
  EXPECT_EQ(cuEventRecord(fork, first), CUDA_SUCCESS);
  EXPECT_EQ(cuEventQuery(fork), CUDA_ERROR_CAPTURED_EVENT);
  EXPECT_EQ(cuEventSynchronize(fork), CUDA_ERROR_CAPTURED_EVENT);
  EXPECT_EQ(cuStreamWaitEvent(second, fork, 0), CUDA_SUCCESS);
  EXPECT_EQ(status(second), CU_STREAM_CAPTURE_STATUS_ACTIVE);
  EXPECT_EQ(add_one(add, second, memory + 4), CUDA_SUCCESS);
  EXPECT_EQ(end(second), CUDA_ERROR_STREAM_CAPTURE_UNMATCHED);
  EXPECT_EQ(end(first), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);

  ASSERT_EQ(cuStreamBeginCapture(first, kGlobal), CUDA_SUCCESS);
  EXPECT_EQ(cuEventRecord(fork, first), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamWaitEvent(second, fork, 0), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, second, memory + 4), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, first, memory), CUDA_SUCCESS);
  EXPECT_EQ(cuEventRecord(join, second), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamWaitEvent(first, join, 0), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, first, memory), CUDA_SUCCESS);
  EXPECT_EQ(end(first), CUDA_SUCCESS);
  EXPECT_EQ(status(second), CU_STREAM_CAPTURE_STATUS_NONE);
  size_t nodes = 0, edges = 0;
  EXPECT_EQ(cuGraphGetNodes(graph_, nullptr, &nodes), CUDA_SUCCESS);
  EXPECT_EQ(nodes, 3u);
  EXPECT_EQ(cuGraphGetEdges(graph_, nullptr, nullptr, nullptr, &edges), CUDA_SUCCESS);
  EXPECT_EQ(edges, 2u) << "the last node comes after each of the others";
}

TEST_F(CapturedStreams, AForkMustBeJoined) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUstream first = begin(kGlobal), second = stream();
  CUevent fork = event();
  EXPECT_EQ(cuEventRecord(fork, first), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamWaitEvent(second, fork, 0), CUDA_SUCCESS);
  EXPECT_EQ(add_one(add, second, memory), CUDA_SUCCESS);
  EXPECT_EQ(end(first), CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
  EXPECT_EQ(graph_, nullptr);
  EXPECT_EQ(status(second), CU_STREAM_CAPTURE_STATUS_NONE);
}

TEST_F(CapturedStreams, CapturesDoNotMixWithWhatIsOutside) {
  CUevent outside = event(), inside = event();
  ASSERT_EQ(cuEventRecord(outside, stream()), CUDA_SUCCESS);
  CUstream first = begin(kGlobal);
  EXPECT_EQ(cuStreamWaitEvent(first, outside, 0), CUDA_ERROR_STREAM_CAPTURE_ISOLATION);
  EXPECT_EQ(end(first), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  first = begin(kGlobal);
  CUstream second = begin(kGlobal);
  EXPECT_EQ(cuEventRecord(inside, first), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamWaitEvent(second, inside, 0), CUDA_ERROR_STREAM_CAPTURE_MERGE);
  EXPECT_EQ(end(first), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
  EXPECT_EQ(end(second), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
}

TEST_F(CapturedStreams, ACaptureSaysWhereItStands) {
  CUdeviceptr memory = words();
  const CUfunction add = function("add_one");
  CUstream stream = begin(kGlobal);
  EXPECT_EQ(add_one(add, stream, memory), CUDA_SUCCESS);
  CUstreamCaptureStatus status = CU_STREAM_CAPTURE_STATUS_NONE;
  cuuint64_t id = 0;
  CUgraph graph = nullptr;
  const CUgraphNode* dependencies = nullptr;
  size_t count = 0;
  EXPECT_EQ(cuStreamGetCaptureInfo(stream, &status, &id, &graph, &dependencies, nullptr, &count),
            CUDA_SUCCESS);
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_ACTIVE);
  EXPECT_NE(id, 0u);
  ASSERT_EQ(count, 1u);
  CUgraphNode node = nullptr;
  size_t room = 1;
  EXPECT_EQ(cuGraphGetNodes(graph, &node, &room), CUDA_SUCCESS);
  EXPECT_EQ(dependencies[0], node);
  EXPECT_EQ(end(stream), CUDA_SUCCESS);
  EXPECT_EQ(graph_, graph);
}

TEST_F(CapturedStreams, MemoryNodesAreNotModelled) {
  CUstream stream = begin(kGlobal);
  CUdeviceptr memory = 0;
  EXPECT_EQ(cuMemAllocAsync(&memory, 4, stream), CUDA_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(end(stream), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
}

TEST_F(CapturedStreams, AStreamMayBeDestroyedInTheMidst) {
  CUstream stream = begin(kGlobal);
  EXPECT_EQ(cuStreamDestroy(stream), CUDA_SUCCESS);
  EXPECT_EQ(allocate(), CUDA_SUCCESS) << "no capture goes on";
}

}  // namespace
}  // namespace ptxsim
