#include "tests/gpu/device_quantize.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>

#include "device/device_buffer.h"
#include "tests/gpu/rounding_boundary.h"

namespace fp4jit {
namespace {

constexpr float kGlobalScale = 3.5f;

uint32_t bits_of(float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// A third of the words are values near 1; a third any bits, subnormals, infinities and NaN
// included; a third pairs of bf16 quarters up to 6, which lie on the codes' rounding boundaries.
std::vector<uint32_t> random_words(size_t count) {
  std::mt19937 random(20260801);
  std::normal_distribution<float> normal(0, 2);
  auto quarter = [&] { return bits_of(static_cast<float>(random() % 49) / 4 - 6); };
  std::vector<uint32_t> words(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t kind = i / 512 % 3;
    words[i] = kind == 0   ? bits_of(normal(random))
               : kind == 1 ? static_cast<uint32_t>(random())
                           : quarter() | quarter() >> 16;
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

// The scale factors of a tensor row by row, whatever its layout.
std::vector<uint8_t> linear_sf(Tensor tensor) {
  tensor.spec.sf_layout = FP4JIT_SF_LAYOUT_LINEAR;
  EXPECT_EQ(fp4jit_infer_outputs(&tensor.spec, tensor.args.m, tensor.args.k, tensor.args.k_out,
                                 &tensor.shape),
            FP4JIT_OK);
  return on_host(tensor).sf;
}

// Codes of one sign whose magnitudes are next to each other.
bool beside(int a, int b) {
  return (a & 8) == (b & 8) && std::abs((a & 7) - (b & 7)) <= 1;
}

// Whether each of a byte's two nvfp4 codes is the same, or its element lies where both may be.
bool explained(const Tensor& tensor, const std::vector<uint8_t>& sf, int64_t at, uint8_t host,
               uint8_t device) {
  const int64_t columns = tensor.shape.data_columns;
  const auto in = static_cast<Dtype>(tensor.spec.in);  // the C API has the same numbers
  const int64_t k = tensor.shape.input_bytes / tensor.args.m / enum_row(in).bytes;
  for (int half = 0; half < 2; ++half) {
    const int a = host >> 4 * half & 0xF, b = device >> 4 * half & 0xF;
    if (a == b) continue;
    const int64_t row = at / columns, column = at % columns * 2 + half;
    const double element = element_at(in, tensor.input.data(), row * k + column);
    const uint8_t scale = sf[static_cast<size_t>((row * columns * 2 + column) / 16)];
    if (!beside(a, b) || !on_boundary(element, scale, kGlobalScale)) return false;
  }
  return true;
}

Difference difference(const Tensor& tensor, const Outputs& host, const Outputs& device) {
  Difference found;
  found.bytes_compared = static_cast<int64_t>(host.data.size() + host.sf.size());
  for (size_t i = 0; i < host.sf.size(); ++i) found.sf += host.sf[i] != device.sf[i];
  if (host.data == device.data) return found;
  const bool reciprocals = tensor.spec.format == FP4JIT_FORMAT_NVFP4;
  const std::vector<uint8_t> sf = reciprocals ? linear_sf(tensor) : std::vector<uint8_t>{};
  for (size_t i = 0; i < host.data.size(); ++i) {
    if (host.data[i] == device.data[i]) continue;
    ++found.codes;
    found.unexplained += !reciprocals || !explained(tensor, sf, static_cast<int64_t>(i),
                                                    host.data[i], device.data[i]);
  }
  return found;
}

}  // namespace

Difference& Difference::operator+=(const Difference& other) {
  bytes_compared += other.bytes_compared;
  sf += other.sf;
  codes += other.codes;
  unexplained += other.unexplained;
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
