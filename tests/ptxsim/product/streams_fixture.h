// What: a runtime of the C API on two devices of ptxsim, and a chain of three kernels, each reading
// what the one before wrote, with the host operators' answer.
#pragma once

#include <cuda.h>
#include <fp4jit/fp4jit.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

inline constexpr int64_t kRows = 130;

#define ASSERT_DRIVER(call) ASSERT_EQ(call, CUDA_SUCCESS)

inline fp4jit_spec spec_of(const std::string& text) {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  EXPECT_EQ(fp4jit_spec_from_text(text.c_str(), &spec), FP4JIT_OK) << fp4jit_last_error();
  return spec;
}

inline fp4jit_output_shape shape_of(const fp4jit_spec& spec) {
  fp4jit_output_shape shape = {};
  shape.struct_size = sizeof shape;
  EXPECT_EQ(fp4jit_infer_outputs(&spec, kRows, 0, 0, &shape), FP4JIT_OK) << fp4jit_last_error();
  return shape;
}

// mxfp8 of bf16, then mxfp4 of those bytes taken for bf16, then mxfp8 of these: any bits are input.
inline std::vector<fp4jit_spec> chain_specs(int device_sm) {
  const std::string target = device_sm == 90 ? "@sm_90" : "@sm_100a";
  return {spec_of("mxfp8_quantize[k=1024,in=bf16,layout=128x4,numerics=exact,pdl=1]" + target),
          spec_of("mxfp4_quantize[k=512,in=bf16,layout=linear,numerics=exact,pdl=2]" + target),
          spec_of("mxfp8_quantize[k=128,in=bf16,layout=8x4,numerics=exact,pdl=1]" + target)};
}

inline fp4jit_launch_args args_of(const void* input, void* data, void* sf, CUstream stream) {
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

inline Bytes random_bytes(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// The last kernel's data, and every kernel's scales, one after the other.
inline Bytes on_host(const std::vector<fp4jit_spec>& specs, Bytes input) {
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
    config.on_miss = on_miss_;
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

  // The call of the chain's first kernel.
  fp4jit_launch_args first_of(const Chain& chain, CUstream stream) {
    return args_of(reinterpret_cast<void*>(chain.input), reinterpret_cast<void*>(chain.data[0]),
                   reinterpret_cast<void*>(chain.sf[0]), stream);
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

  // As on_host orders it, of the first `kernels` of the chain.
  Bytes read(const Chain& chain, size_t kernels) {
    Bytes all;
    auto append = [&](CUdeviceptr from, int64_t count) {
      const size_t end = all.size();
      all.resize(end + static_cast<size_t>(count));
      EXPECT_EQ(cuMemcpyDtoH(all.data() + end, from, static_cast<size_t>(count)), CUDA_SUCCESS);
    };
    for (size_t i = 0; i < kernels; ++i) append(chain.sf[i], shape_of(chain.specs[i]).sf_bytes);
    append(chain.data[kernels - 1], shape_of(chain.specs[kernels - 1]).data_bytes);
    return all;
  }
  Bytes read(const Chain& chain) { return read(chain, chain.specs.size()); }

  Bytes write_input(const Chain& chain, unsigned seed) {
    const Bytes input =
        random_bytes(static_cast<size_t>(shape_of(chain.specs[0]).input_bytes), seed);
    EXPECT_EQ(cuMemcpyHtoD(chain.input, input.data(), input.size()), CUDA_SUCCESS);
    return input;
  }

  fp4jit_on_miss on_miss_ = FP4JIT_ON_MISS_DEFAULT;
  CUcontext contexts_[2] = {};
  fp4jit_runtime* runtime_ = nullptr;
};
