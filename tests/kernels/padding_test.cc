// Outputs that were filled with other bytes before hold the host's bytes, and nothing beyond them
// changed.
#include <cmath>

#include "spec/text.h"
#include "tests/kernels/output_shapes.h"

namespace fp4jit {
namespace {

class Padding : public OutputTest {
 protected:
  static void expect_every_byte(const Spec& spec, const Extent& extent, const Elements& input,
                                float global_scale = kGlobalScale) {
    const OutputShape shape = output_shape(spec, extent);
    Outputs expected(shape, 0);
    const Status status =
        host::quantize(spec, expected.call(input, &global_scale, extent), {.threads = 1});
    ASSERT_TRUE(status.ok()) << status.message();
    for (uint8_t fill : {0x7F, 0xFF}) {
      Outputs actual(shape, fill);
      const Status run = run_template(spec, actual.call(input, &global_scale, extent));
      ASSERT_TRUE(run.ok()) << run.message();
      ASSERT_TRUE(same_bytes(spec, extent, input, actual, expected)) << "m=" << extent.m;
      ASSERT_TRUE(actual.guards_untouched()) << spec_text(spec) << " m=" << extent.m;
    }
  }
};

TEST_P(Padding, ConstantK) {
  for (uint32_t k : widths(format())) {
    for_each_shape(Dtype::kBf16, k, [&](const Extent& extent, const Elements& input) {
      const auto k_out = static_cast<uint32_t>(extent.k_out);
      expect_every_byte(spec(Dtype::kBf16, 90, k, k_out), extent, input);
    });
  }
}

TEST_P(Padding, RuntimeK) {
  for (uint32_t k : widths(format())) {
    for_each_shape(Dtype::kBf16, k, [&](const Extent& extent, const Elements& input) {
      for (Numerics numerics : kAtRuntimeK) {
        expect_every_byte(runtime_k_spec(Dtype::kBf16, 100, numerics), extent, input);
      }
    });
  }
}

// With a multiplier of zero times infinity, which a block that is not there must not show.
TEST_P(Padding, UnderAnyGlobalScale) {
  for (uint32_t k : {32u, 96u, 480u}) {
    for_each_shape(Dtype::kBf16, k, [&](const Extent& extent, const Elements& input) {
      for (float global_scale : {0.0f, HUGE_VALF, 0x1p-30f}) {
        for (int sm : {90, 100}) {
          for (Numerics numerics : kAtRuntimeK) {
            expect_every_byte(runtime_k_spec(Dtype::kBf16, sm, numerics), extent, input,
                              global_scale);
          }
        }
      }
    });
  }
}

TEST_P(Padding, EveryInput) {
  for (Dtype in : {Dtype::kF16, Dtype::kF32}) {
    for (uint32_t k : {96u, 480u}) {
      for_each_shape(in, k, [&](const Extent& extent, const Elements& input) {
        for (int sm : {90, 100}) expect_every_byte(runtime_k_spec(in, sm), extent, input);
      });
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Layouts, Padding,
                         every_format({SfLayout::kLinear, SfLayout::k128x4, SfLayout::k8x4}),
                         layout_name);

}  // namespace
}  // namespace fp4jit
