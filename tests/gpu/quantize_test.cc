// Kernels on a device against the host operators, through the C API: on a GPU, and, unchanged, on
// ptxsim. Skipped, with the reason, where there is no device: then nothing was compared.
//
// FP4JIT_TEST_RECIPROCALS=exact says that the device's approximate reciprocals are correctly
// rounded, as ptxsim's are: then not one code may differ; =moved that they are not: then some do.
// FP4JIT_TEST_SHAPES=many takes wider rows, and more. FP4JIT_TEST_DEVICE=required makes the absence
// of a device a failure. FP4JIT_TEST_TARGET=sm_100f is the target to compile for, in place of the
// device's own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "tests/gpu/device_quantize.h"

namespace fp4jit {
namespace {

bool environment_is(const char* name, std::string_view value) {
  const char* text = std::getenv(name);
  return text != nullptr && text == value;
}

std::vector<int64_t> rows() {
  if (environment_is("FP4JIT_TEST_SHAPES", "many")) return {1, 7, 8, 9, 127, 128, 129, 300};
  return {1, 9, 129};
}

// Format, input, layout, and the text of numerics, scale and ue8m0.
using Kernels = std::tuple<const char*, const char*, const char*, const char*>;

class DeviceQuantize : public testing::TestWithParam<Kernels> {
 protected:
  // Those of the MX formats are of powers of two; and of the inputs, those of bf16 are made to lie
  // where a reciprocal decides.
  static bool has_reciprocals() {
    const auto [format, in, layout, recipe] = GetParam();
    return std::string_view(format) == "nvfp4" && std::string_view(in) == "bf16";
  }

  // A constant K, one with padded columns that leaves a tile half empty, and a run-time one.
  static std::vector<DeviceSpec> specs(int pdl) {
    const auto [format, in, layout, recipe] = GetParam();
    const int64_t wide = environment_is("FP4JIT_TEST_SHAPES", "many") ? 1024 : 256;
    const std::string start = std::string(format) + "_quantize[";
    const std::string end = std::string(",in=") + in + ",layout=" + layout + ",numerics=" + recipe +
                            (pdl != 0 ? ",pdl=" + std::to_string(pdl) : "") + "]";
    return {{start + "k=" + std::to_string(wide) + end},
            {start + "k=96,k_out=160" + end},
            {start + "k=0" + end, 288, 320}};
  }
};

TEST_P(DeviceQuantize, EqualsTheHost) {
  const DeviceUnderTest device;
  if (!device.absence().empty()) {
    ASSERT_FALSE(environment_is("FP4JIT_TEST_DEVICE", "required")) << device.absence();
    GTEST_SKIP() << "nothing was compared: " << device.absence();
  }
  Difference total;
  int kernels = 0;
  for (int pdl = 0; pdl <= (device.has_dependent_launch() ? 2 : 0); ++pdl) {
    for (const DeviceSpec& spec : specs(pdl)) {
      total += device.compare(spec, rows());
      ++kernels;
    }
  }
  std::printf("kernels %d, bytes compared %lld, scale factors that differ %lld, codes %lld\n",
              kernels, static_cast<long long>(total.bytes_compared),
              static_cast<long long>(total.sf), static_cast<long long>(total.codes));
  EXPECT_EQ(total.sf, 0);
  // trtllm on the host uses a correctly rounded reciprocal: on a GPU, one ulp of it may move a code
  // whose element lies on a rounding boundary, and no other.
  EXPECT_EQ(total.unexplained, 0);
  const bool exact = std::string_view(std::get<3>(GetParam())) != "trtllm" ||
                     environment_is("FP4JIT_TEST_RECIPROCALS", "exact");
  if (exact) {
    EXPECT_EQ(total.codes, 0);
  }
  if (!exact && has_reciprocals() && environment_is("FP4JIT_TEST_RECIPROCALS", "moved")) {
    EXPECT_GT(total.codes, 0);
  }
}

std::string case_name(const testing::TestParamInfo<Kernels>& info) {
  const auto [format, in, layout, recipe] = info.param;
  std::string name = std::string(format) + "_" + in + "_" + layout + "_" + recipe;
  for (char& c : name) {
    if (c == ',' || c == '=') c = '_';
  }
  return name;
}

using Names = std::initializer_list<const char*>;
auto kernels(Names formats, Names layouts, Names recipes) {
  return testing::Combine(testing::ValuesIn(formats), testing::Values("bf16", "f16", "f32"),
                          testing::ValuesIn(layouts), testing::ValuesIn(recipes));
}

INSTANTIATE_TEST_SUITE_P(All, DeviceQuantize,
                         kernels({"nvfp4", "mxfp4", "mxfp8"}, {"linear", "128x4", "8x4"},
                                 {"exact", "trtllm", "torchao"}),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Nvfp4, DeviceQuantize,
                         kernels({"nvfp4"}, {"128x4"}, {"torchao,scale=inverse"}), case_name);
INSTANTIATE_TEST_SUITE_P(Mx, DeviceQuantize,
                         kernels({"mxfp4", "mxfp8"}, {"128x4"},
                                 {"torchao,ue8m0=floor", "torchao,ue8m0=ceil",
                                  "torchao,ue8m0=even"}),
                         case_name);

}  // namespace
}  // namespace fp4jit
