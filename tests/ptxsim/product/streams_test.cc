// The product's kernels on ptxsim in streams, graphs and on two devices, by the C API, against the
// host operators.
#include "tests/ptxsim/product/streams_fixture.h"

#include <gmock/gmock.h>

namespace {

using testing::HasSubstr;

TEST_F(Streams, EachOfAChainWaitsForTheOneBefore) {
  const Chain chain = make_chain(100);
  load(chain, 0);
  CUstream stream = nullptr;
  ASSERT_DRIVER(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  for (unsigned seed : {1u, 2u, 3u}) {
    const Bytes input = write_input(chain, seed);
    launch(chain, 0, stream);
    ASSERT_DRIVER(cuStreamSynchronize(stream));
    EXPECT_EQ(read(chain), on_host(chain.specs, input));
  }
}

TEST_F(Streams, ACapturedChainIsReplayedWithOtherInput) {
  const Chain chain = make_chain(100);
  load(chain, 0);
  CUstream stream = nullptr;
  ASSERT_DRIVER(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  const Bytes untouched = read(chain);
  ASSERT_DRIVER(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
  launch(chain, 0, stream);
  CUgraph graph = nullptr;
  ASSERT_DRIVER(cuStreamEndCapture(stream, &graph));
  EXPECT_EQ(read(chain), untouched) << "a capture runs nothing";
  size_t nodes = 0;
  ASSERT_DRIVER(cuGraphGetNodes(graph, nullptr, &nodes));
  EXPECT_EQ(nodes, chain.specs.size());
  CUgraphExec replay = nullptr;
  ASSERT_DRIVER(cuGraphInstantiate(&replay, graph, 0));
  for (unsigned seed : {4u, 5u}) {
    const Bytes input = write_input(chain, seed);
    ASSERT_DRIVER(cuGraphLaunch(replay, stream));
    ASSERT_DRIVER(cuStreamSynchronize(stream));
    EXPECT_EQ(read(chain), on_host(chain.specs, input));
  }
}

TEST_F(Streams, ALoadUnderCaptureLeavesTheCaptureValid) {
  const Chain chain = make_chain(100);
  CUstream stream = nullptr;
  ASSERT_DRIVER(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  for (CUstreamCaptureMode mode :
       {CU_STREAM_CAPTURE_MODE_GLOBAL, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL,
        CU_STREAM_CAPTURE_MODE_RELAXED}) {
    ASSERT_DRIVER(cuStreamBeginCapture(stream, mode));
    load(chain, 0);
    launch(chain, 0, stream);
    CUgraph graph = nullptr;
    EXPECT_EQ(cuStreamEndCapture(stream, &graph), CUDA_SUCCESS) << mode;
  }
}

TEST_F(Streams, TwoDevicesHaveKernelsOfTheirOwn) {
  for (int device : {0, 1}) {
    ASSERT_DRIVER(cuCtxSetCurrent(contexts_[device]));
    const Chain chain = make_chain(device == 0 ? 100 : 90);
    load(chain, device);
    const Bytes input = write_input(chain, 6);
    launch(chain, device, nullptr);
    EXPECT_EQ(read(chain), on_host(chain.specs, input)) << device;
  }
}

TEST_F(Streams, MemoryOfAnotherDeviceIsAFindingAndThenTheContextsError) {
  ASSERT_DRIVER(cuCtxSetCurrent(contexts_[1]));
  Chain chain = make_chain(100);
  ASSERT_DRIVER(cuCtxSetCurrent(contexts_[0]));
  load(chain, 0);
  testing::internal::CaptureStderr();
  fp4jit_kernel kernel = 0;
  ASSERT_EQ(fp4jit_find(runtime_, &chain.specs[0], 0, &kernel), FP4JIT_OK);
  const fp4jit_launch_args args = first_of(chain, nullptr);
  EXPECT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_OK);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("it is memory of device 1"));
  EXPECT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_E_DRIVER);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("CUDA_ERROR_ILLEGAL_ADDRESS"));
}

TEST_F(Streams, AStreamOfAnotherDeviceIsRefusedByName) {
  const Chain chain = make_chain(100);
  load(chain, 0);
  ASSERT_DRIVER(cuCtxSetCurrent(contexts_[1]));
  CUstream other = nullptr;
  ASSERT_DRIVER(cuStreamCreate(&other, CU_STREAM_NON_BLOCKING));
  fp4jit_kernel kernel = 0;
  ASSERT_EQ(fp4jit_find(runtime_, &chain.specs[0], 0, &kernel), FP4JIT_OK);
  for (CUstream stream : {other, CUstream()}) {
    const fp4jit_launch_args args = first_of(chain, stream);
    EXPECT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_E_INVALID_ARGUMENT);
    EXPECT_THAT(fp4jit_last_error(), HasSubstr("is of device 1, and the kernel of device 0"));
  }
  CUcontext current = nullptr;
  ASSERT_DRIVER(cuCtxGetCurrent(&current));
  EXPECT_EQ(current, contexts_[1]);
}

TEST_F(Streams, AnotherContextOfTheDeviceIsServed) {
  const Chain chain = make_chain(100);
  load(chain, 0);
  CUcontext own = nullptr;
  ASSERT_DRIVER(cuCtxCreate(&own, nullptr, 0, 0));
  CUstream stream = nullptr;
  ASSERT_DRIVER(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  ASSERT_DRIVER(cuCtxSetCurrent(contexts_[0]));
  const Bytes input = write_input(chain, 7);
  launch(chain, 0, stream);
  ASSERT_DRIVER(cuStreamSynchronize(stream));
  EXPECT_EQ(read(chain), on_host(chain.specs, input));
}

}  // namespace
