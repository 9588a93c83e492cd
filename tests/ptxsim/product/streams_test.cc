// The product's kernels on ptxsim in streams, graphs and on two devices, by the C API, against the
// host operators.
#include <cuda.h>
#include <fp4jit/fp4jit.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

using testing::HasSubstr;

constexpr int64_t kRows = 130;

#define ASSERT_DRIVER(call) ASSERT_EQ(call, CUDA_SUCCESS)

fp4jit_spec spec_of(const std::string& text) {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  EXPECT_EQ(fp4jit_spec_from_text(text.c_str(), &spec), FP4JIT_OK) << fp4jit_last_error();
  return spec;
}

fp4jit_output_shape shape_of(const fp4jit_spec& spec) {
  fp4jit_output_shape shape = {};
  shape.struct_size = sizeof shape;
  EXPECT_EQ(fp4jit_infer_outputs(&spec, kRows, 0, 0, &shape), FP4JIT_OK) << fp4jit_last_error();
  return shape;
}

// mxfp8 of bf16, then mxfp4 of those bytes taken for bf16, then mxfp8 of these: any bits are input.
std::vector<fp4jit_spec> chain_specs(int device_sm) {
  const std::string target = device_sm == 90 ? "@sm_90" : "@sm_100a";
  return {spec_of("mxfp8_quantize[k=1024,in=bf16,layout=128x4,numerics=exact,pdl=1]" + target),
          spec_of("mxfp4_quantize[k=512,in=bf16,layout=linear,numerics=exact,pdl=2]" + target),
          spec_of("mxfp8_quantize[k=128,in=bf16,layout=8x4,numerics=exact,pdl=1]" + target)};
}

fp4jit_launch_args args_of(const void* input, void* data, void* sf, CUstream stream) {
  fp4jit_launch_args args = {};
  args.struct_size = sizeof args;
  args.m = kRows;
  args.input = input;
  args.data = data;
  args.sf = sf;
  args.stream = stream;
  return args;
}

using Bytes = std::vector<uint8_t>;

Bytes random_bytes(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// The last kernel's data, and every kernel's scales, one after the other.
Bytes on_host(const std::vector<fp4jit_spec>& specs, Bytes input) {
  Bytes all;
  for (const fp4jit_spec& spec : specs) {
    const fp4jit_output_shape shape = shape_of(spec);
    Bytes data(static_cast<size_t>(shape.data_bytes)), sf(static_cast<size_t>(shape.sf_bytes));
    const fp4jit_launch_args args = args_of(input.data(), data.data(), sf.data(), nullptr);
    EXPECT_EQ(fp4jit_host_quantize(&spec, &args), FP4JIT_OK) << fp4jit_last_error();
    all.insert(all.end(), sf.begin(), sf.end());
    input = data;
  }
  all.insert(all.end(), input.begin(), input.end());
  return all;
}

class Streams : public testing::Test {
 protected:
  void SetUp() override {
    setenv("PTXSIM_DEVICE", "sm_100a,sm_90", 1);
    setenv("PTXSIM_DEVICES", "2", 1);
    ASSERT_DRIVER(cuInit(0));
    for (int i = 0; i < 2; ++i) ASSERT_DRIVER(cuDevicePrimaryCtxRetain(&contexts_[i], i));
    ASSERT_DRIVER(cuCtxSetCurrent(contexts_[0]));
    fp4jit_config config = {};
    config.struct_size = sizeof config;
    config.artifact = FP4JIT_ARTIFACT_PTX;
    config.driver_path = PTXSIM_LIBCUDA;
    config.cache_dir = "/dev/null/store";  // memory only
    ASSERT_EQ(fp4jit_runtime_create(&config, &runtime_), FP4JIT_OK) << fp4jit_last_error();
  }
  void TearDown() override { fp4jit_runtime_release(runtime_); }

  CUdeviceptr buffer(int64_t bytes) {
    CUdeviceptr address = 0;
    EXPECT_EQ(cuMemAlloc(&address, static_cast<size_t>(bytes)), CUDA_SUCCESS);
    EXPECT_EQ(cuMemsetD8(address, 0x7F, static_cast<size_t>(bytes)), CUDA_SUCCESS);
    return address;
  }

  // Buffers of a chain on the current device.
  struct Chain {
    std::vector<fp4jit_spec> specs;
    CUdeviceptr input = 0;
    std::vector<CUdeviceptr> data, sf;
  };

  Chain make_chain(int device_sm) {
    Chain chain{chain_specs(device_sm), 0, {}, {}};
    chain.input = buffer(shape_of(chain.specs[0]).input_bytes);
    for (const fp4jit_spec& spec : chain.specs) {
      chain.data.push_back(buffer(shape_of(spec).data_bytes));
      chain.sf.push_back(buffer(shape_of(spec).sf_bytes));
    }
    return chain;
  }

  void load(const Chain& chain, int device) {
    for (const fp4jit_spec& spec : chain.specs) {
      fp4jit_kernel kernel = 0;
      ASSERT_EQ(fp4jit_load(runtime_, &spec, device, &kernel), FP4JIT_OK) << fp4jit_last_error();
    }
  }

  void launch(const Chain& chain, int device, CUstream stream) {
    CUdeviceptr input = chain.input;
    for (size_t i = 0; i < chain.specs.size(); ++i) {
      fp4jit_kernel kernel = 0;
      ASSERT_EQ(fp4jit_find(runtime_, &chain.specs[i], device, &kernel), FP4JIT_OK)
          << fp4jit_last_error();
      const fp4jit_launch_args args =
          args_of(reinterpret_cast<void*>(input), reinterpret_cast<void*>(chain.data[i]),
                  reinterpret_cast<void*>(chain.sf[i]), stream);
      ASSERT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_OK) << fp4jit_last_error();
      input = chain.data[i];
    }
  }

  Bytes read(const Chain& chain) {
    Bytes all;
    auto append = [&](CUdeviceptr from, int64_t count) {
      const size_t end = all.size();
      all.resize(end + static_cast<size_t>(count));
      EXPECT_EQ(cuMemcpyDtoH(all.data() + end, from, static_cast<size_t>(count)), CUDA_SUCCESS);
    };
    for (size_t i = 0; i < chain.specs.size(); ++i) {
      append(chain.sf[i], shape_of(chain.specs[i]).sf_bytes);
    }
    append(chain.data.back(), shape_of(chain.specs.back()).data_bytes);
    return all;
  }

  Bytes write_input(const Chain& chain, unsigned seed) {
    const Bytes input =
        random_bytes(static_cast<size_t>(shape_of(chain.specs[0]).input_bytes), seed);
    EXPECT_EQ(cuMemcpyHtoD(chain.input, input.data(), input.size()), CUDA_SUCCESS);
    return input;
  }

  CUcontext contexts_[2] = {};
  fp4jit_runtime* runtime_ = nullptr;
};

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
  const fp4jit_launch_args args =
      args_of(reinterpret_cast<void*>(chain.input), reinterpret_cast<void*>(chain.data[0]),
              reinterpret_cast<void*>(chain.sf[0]), nullptr);
  EXPECT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_OK);
  EXPECT_EQ(cuCtxSynchronize(), CUDA_ERROR_ILLEGAL_ADDRESS);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("it is memory of device 1"));
  EXPECT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_E_DRIVER);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("CUDA_ERROR_ILLEGAL_ADDRESS"));
}

}  // namespace
