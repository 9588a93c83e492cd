// Kernels on a real device against the host operators, through the C API. Skipped, with the reason,
// where there is no device: then nothing was compared.
#include <fp4jit/fp4jit.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "device/device_buffer.h"

namespace fp4jit {
namespace {

struct QuantizeCase {
  std::string spec;          // without its target: the device's own
  int64_t k = 0, k_out = 0;  // of a run-time K
};

std::vector<QuantizeCase> all_cases() {
  std::vector<QuantizeCase> cases;
  for (const char* format : {"nvfp4", "mxfp4", "mxfp8"}) {
    for (const char* in : {"bf16", "f16", "f32"}) {
      for (const char* layout : {"linear", "128x4", "8x4"}) {
        for (const char* numerics : {"exact", "trtllm"}) {
          std::string rest =
              std::string(",in=") + in + ",layout=" + layout + ",numerics=" + numerics;
          std::string name = std::string(format) + "_quantize[k=";
          cases.push_back({name + "4096" + rest + "]"});
          cases.push_back({name + "96,k_out=160" + rest + ",pdl=1]"});
          cases.push_back({name + "0" + rest + ",pdl=2]", 288, 320});
        }
      }
    }
  }
  return cases;
}

// Half of the words are values near 1, the other half any bits: subnormals, infinities and NaN
// included.
std::vector<uint32_t> random_words(size_t count) {
  std::mt19937 random(20260801);
  std::normal_distribution<float> normal(0, 2);
  std::vector<uint32_t> words(count);
  for (size_t i = 0; i < count; ++i) {
    float value = normal(random);
    uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    words[i] = i / 512 % 2 == 0 ? bits : static_cast<uint32_t>(random());
  }
  return words;
}

struct Outputs {
  std::vector<uint8_t> data, sf;

  // Filled with a byte that must not survive.
  Outputs(const fp4jit_output_shape& shape, uint8_t fill)
      : data(static_cast<size_t>(shape.data_bytes), fill),
        sf(static_cast<size_t>(shape.sf_bytes), fill) {}
};

int64_t differing(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  int64_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
  return count;
}

class GpuQuantize : public testing::TestWithParam<QuantizeCase> {
 protected:
  void SetUp() override {
    Result<const Device*> device = devices_.get(kOrdinal);
    if (!device.ok()) GTEST_SKIP() << "nothing was compared: " << device.status().message();
    device_ = *device;
    ASSERT_EQ(fp4jit_runtime_create(nullptr, &runtime_), FP4JIT_OK) << fp4jit_last_error();
  }
  void TearDown() override { fp4jit_runtime_release(runtime_); }

  fp4jit_spec spec() {
    fp4jit_spec spec = {};
    spec.struct_size = sizeof spec;
    // A target to read it by; then the device's own.
    EXPECT_EQ(fp4jit_spec_from_text((GetParam().spec + "@sm_90").c_str(), &spec), FP4JIT_OK)
        << fp4jit_last_error();
    spec.target_sm = 0;
    if (device_->major < 9) spec.pdl = FP4JIT_PDL_OFF;
    return spec;
  }

  static fp4jit_output_shape shape_of(const fp4jit_spec& spec, int64_t m) {
    fp4jit_output_shape shape = {};
    shape.struct_size = sizeof shape;
    EXPECT_EQ(fp4jit_infer_outputs(&spec, m, GetParam().k, GetParam().k_out, &shape), FP4JIT_OK)
        << fp4jit_last_error();
    return shape;
  }

  static fp4jit_launch_args args_of(int64_t m) {
    fp4jit_launch_args args = {};
    args.struct_size = sizeof args;
    args.m = m;
    args.k = GetParam().k;
    args.k_out = GetParam().k_out;
    return args;
  }

  static Outputs on_host(const fp4jit_spec& spec, int64_t m, const fp4jit_output_shape& shape,
                         const std::vector<uint32_t>& input) {
    Outputs outputs(shape, 0x7F);
    fp4jit_launch_args args = args_of(m);
    args.input = input.data();
    args.global_scale = &kGlobalScale;
    args.data = outputs.data.data();
    args.sf = outputs.sf.data();
    EXPECT_EQ(fp4jit_host_quantize(&spec, &args), FP4JIT_OK) << fp4jit_last_error();
    return outputs;
  }

  Outputs on_device(fp4jit_kernel kernel, int64_t m, const fp4jit_output_shape& shape,
                    const std::vector<uint32_t>& host_input) {
    Outputs outputs(shape, 0xFF);
    DeviceBuffer input = copy(host_input.data(), shape.input_bytes);
    DeviceBuffer scale = copy(&kGlobalScale, sizeof kGlobalScale);
    DeviceBuffer data = copy(outputs.data.data(), shape.data_bytes);
    DeviceBuffer sf = copy(outputs.sf.data(), shape.sf_bytes);
    fp4jit_launch_args args = args_of(m);
    args.input = reinterpret_cast<void*>(input.address());
    args.global_scale = reinterpret_cast<float*>(scale.address());
    args.data = reinterpret_cast<void*>(data.address());
    args.sf = reinterpret_cast<void*>(sf.address());
    EXPECT_EQ(fp4jit_launch(runtime_, kernel, &args), FP4JIT_OK) << fp4jit_last_error();
    EXPECT_TRUE(data.copy_to(outputs.data.data(), outputs.data.size()).ok());
    EXPECT_TRUE(sf.copy_to(outputs.sf.data(), outputs.sf.size()).ok());
    return outputs;
  }

  DeviceBuffer copy(const void* bytes, int64_t count) {
    DeviceBuffer buffer = std::move(*DeviceBuffer::allocate(*device_, static_cast<size_t>(count)));
    Status status = buffer.copy_from(bytes, static_cast<size_t>(count));
    EXPECT_TRUE(status.ok()) << status.message();
    return buffer;
  }

  static constexpr float kGlobalScale = 3.5f;
  static constexpr int32_t kOrdinal = 0;
  Devices devices_{[] { return load_driver(""); }};
  const Device* device_ = nullptr;
  fp4jit_runtime* runtime_ = nullptr;
};

TEST_P(GpuQuantize, EqualsTheHost) {
  const fp4jit_spec request = spec();
  fp4jit_kernel kernel = 0;
  ASSERT_EQ(fp4jit_load(runtime_, &request, kOrdinal, &kernel), FP4JIT_OK) << fp4jit_last_error();
  for (int64_t m : {1, 7, 8, 9, 127, 128, 129, 300}) {
    fp4jit_output_shape shape = shape_of(request, m);
    std::vector<uint32_t> input = random_words(static_cast<size_t>(shape.input_bytes) / 4);
    Outputs host = on_host(request, m, shape, input);
    Outputs gpu = on_device(kernel, m, shape, input);
    EXPECT_EQ(differing(host.sf, gpu.sf), 0) << "scale factors, m=" << m;
    // trtllm on the host uses a correctly rounded reciprocal: one ulp of it may move a code here
    // and there.
    bool exact = request.numerics == FP4JIT_NUMERICS_EXACT;
    int64_t allowed = exact ? 0 : shape.data_bytes / 1000;
    EXPECT_LE(differing(host.data, gpu.data), allowed) << "data, m=" << m;
  }
}

INSTANTIATE_TEST_SUITE_P(All, GpuQuantize, testing::ValuesIn(all_cases()));

}  // namespace
}  // namespace fp4jit
