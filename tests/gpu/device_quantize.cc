#include "tests/gpu/device_quantize.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>

#include "device/device_buffer.h"

namespace fp4jit {
namespace {

constexpr float kGlobalScale = 3.5f;

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

  Outputs(const fp4jit_output_shape& shape, uint8_t fill)
      : data(static_cast<size_t>(shape.data_bytes), fill),
        sf(static_cast<size_t>(shape.sf_bytes), fill) {}
};

// One tensor's shapes and input.
struct Tensor {
  fp4jit_spec spec;
  fp4jit_launch_args args;  // m and K; the pointers are null
  fp4jit_output_shape shape;
  std::vector<uint32_t> input;
};

Tensor tensor_of(const fp4jit_spec& spec, const DeviceSpec& text, int64_t m) {
  Tensor tensor = {spec, {}, {}, {}};
  tensor.args.struct_size = sizeof tensor.args;
  tensor.args.m = m;
  tensor.args.k = text.k;
  tensor.args.k_out = text.k_out;
  tensor.shape.struct_size = sizeof tensor.shape;
  EXPECT_EQ(fp4jit_infer_outputs(&spec, m, text.k, text.k_out, &tensor.shape), FP4JIT_OK)
      << fp4jit_last_error();
  tensor.input = random_words(static_cast<size_t>(tensor.shape.input_bytes) / 4);
  return tensor;
}

Outputs on_host(const Tensor& tensor) {
  Outputs outputs(tensor.shape, 0x7F);
  fp4jit_launch_args args = tensor.args;
  args.input = tensor.input.data();
  args.global_scale = &kGlobalScale;
  args.data = outputs.data.data();
  args.sf = outputs.sf.data();
  EXPECT_EQ(fp4jit_host_quantize(&tensor.spec, &args), FP4JIT_OK) << fp4jit_last_error();
  return outputs;
}

DeviceBuffer copy(const Device& device, const void* bytes, int64_t count) {
  DeviceBuffer buffer = std::move(*DeviceBuffer::allocate(device, static_cast<size_t>(count)));
  Status status = buffer.copy_from(bytes, static_cast<size_t>(count));
  EXPECT_TRUE(status.ok()) << status.message();
  return buffer;
}

Outputs on_device(const Device& device, fp4jit_runtime* runtime, fp4jit_kernel kernel,
                  const Tensor& tensor) {
  Outputs outputs(tensor.shape, 0xFF);
  DeviceBuffer input = copy(device, tensor.input.data(), tensor.shape.input_bytes);
  DeviceBuffer scale = copy(device, &kGlobalScale, sizeof kGlobalScale);
  DeviceBuffer data = copy(device, outputs.data.data(), tensor.shape.data_bytes);
  DeviceBuffer sf = copy(device, outputs.sf.data(), tensor.shape.sf_bytes);
  fp4jit_launch_args args = tensor.args;
  args.input = reinterpret_cast<void*>(input.address());
  args.global_scale = reinterpret_cast<float*>(scale.address());
  args.data = reinterpret_cast<void*>(data.address());
  args.sf = reinterpret_cast<void*>(sf.address());
  EXPECT_EQ(fp4jit_launch(runtime, kernel, &args), FP4JIT_OK) << fp4jit_last_error();
  Status copied = data.copy_to(outputs.data.data(), outputs.data.size());
  EXPECT_TRUE(copied.ok()) << copied.message();
  EXPECT_TRUE(sf.copy_to(outputs.sf.data(), outputs.sf.size()).ok());
  return outputs;
}

// Codes of one sign whose magnitudes are next to each other.
bool codes_beside(int a, int b, int sign_bit) {
  return (a & sign_bit) == (b & sign_bit) && std::abs((a & ~sign_bit) - (b & ~sign_bit)) <= 1;
}

bool beside(uint8_t a, uint8_t b, bool two_codes) {
  if (!two_codes) return codes_beside(a, b, 0x80);
  return codes_beside(a & 0xF, b & 0xF, 8) && codes_beside(a >> 4, b >> 4, 8);
}

Difference difference(const Tensor& tensor, const Outputs& host, const Outputs& device) {
  Difference found;
  found.bytes_compared = static_cast<int64_t>(host.data.size() + host.sf.size());
  for (size_t i = 0; i < host.sf.size(); ++i) found.sf += host.sf[i] != device.sf[i];
  const bool two_codes = tensor.spec.format != FP4JIT_FORMAT_MXFP8;
  for (size_t i = 0; i < host.data.size(); ++i) {
    found.codes += host.data[i] != device.data[i];
    found.not_beside += !beside(host.data[i], device.data[i], two_codes);
  }
  return found;
}

}  // namespace

Difference& Difference::operator+=(const Difference& other) {
  bytes_compared += other.bytes_compared;
  sf += other.sf;
  codes += other.codes;
  not_beside += other.not_beside;
  return *this;
}

// The driver that FP4JIT_CUDA_DRIVER names, as the runtime opens it.
DeviceUnderTest::DeviceUnderTest()
    : devices_([] {
        const char* path = std::getenv("FP4JIT_CUDA_DRIVER");
        return load_driver(path != nullptr ? path : "");
      }) {
  Result<const Device*> device = devices_.get(kOrdinal);
  if (!device.ok()) {
    absence_ = device.status().message();
    return;
  }
  device_ = *device;
  EXPECT_EQ(fp4jit_runtime_create(nullptr, &runtime_), FP4JIT_OK) << fp4jit_last_error();
}

DeviceUnderTest::~DeviceUnderTest() {
  fp4jit_runtime_release(runtime_);
}

Difference DeviceUnderTest::compare(const DeviceSpec& text,
                                    const std::vector<int64_t>& rows) const {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  // Without a wish, any target to read it by, and then the device's own.
  const char* wish = std::getenv("FP4JIT_TEST_TARGET");
  const std::string target = wish != nullptr ? wish : "sm_90";
  EXPECT_EQ(fp4jit_spec_from_text((text.text + "@" + target).c_str(), &spec), FP4JIT_OK)
      << fp4jit_last_error();
  if (wish == nullptr) spec.target_sm = 0;
  fp4jit_kernel kernel = 0;
  const fp4jit_status loaded = fp4jit_load(runtime_, &spec, kOrdinal, &kernel);
  EXPECT_EQ(loaded, FP4JIT_OK) << text.text << ": " << fp4jit_last_error();
  Difference total;
  if (loaded != FP4JIT_OK) return total;
  for (int64_t m : rows) {
    const Tensor tensor = tensor_of(spec, text, m);
    total += difference(tensor, on_host(tensor), on_device(*device_, runtime_, kernel, tensor));
  }
  return total;
}

}  // namespace fp4jit
