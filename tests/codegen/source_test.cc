#include "codegen/source.h"

#include <gtest/gtest.h>

#include <set>

#include "spec/text.h"

namespace fp4jit {
namespace {

Source render(const char* text) {
  Result<Spec> spec = parse_spec(text);
  EXPECT_TRUE(spec.ok()) << spec.status().message();
  return render_source(*spec);
}

// The whole unit, as a reader of `fp4jit show --source` sees it.
TEST(Source, IsTheConfigNamedAfterTheCanonicalText) {
  Source source =
      render("mxfp8_quantize[k=96,k_out=128,in=f16,layout=8x4,numerics=exact,pdl=2]@sm_90a");
  EXPECT_EQ(source.text,
            R"(// mxfp8_quantize[k=96,k_out=128,in=f16,layout=8x4,numerics=exact,pdl=2]@sm_90a
#include "quantize.cuh"

namespace fp4jit {

struct mxfp8_quantize_k96_k_out128_inf16_layout8x4_numericsexact_pdl2_sm_90a {
  static constexpr Format kFormat = Format::kMxfp8;
  using In = F16;
  static constexpr SfLayout kSfLayout = SfLayout::k8x4;
  static constexpr Scale kScale = Scale::kNone;
  static constexpr Numerics kNumerics = Numerics::kExact;
  static constexpr Ue8m0 kUe8m0 = Ue8m0::kRceil;
  static constexpr Pdl kPdl = Pdl::kTriggerFirst;
  static constexpr int kSm = 90;
  static constexpr u32 kK = 96, kKOut = 128;
};

using Config = mxfp8_quantize_k96_k_out128_inf16_layout8x4_numericsexact_pdl2_sm_90a;
static_assert(kFlat<Config> == false && kThreads<Config> == 256 &&
                  kBlocksPerThread == 2 && kTileRows == 128 &&
                  kTileColumns == 4 && kGridRows == 32768 &&
                  kVec<Config> == 32,
              "runtime/spec/geometry.h and templates/quantize.cuh disagree");
static_assert(kSfRowMultiple<SfLayout::k8x4> == 8 &&
                  kSfColumnMultiple<SfLayout::k8x4> == 4 &&
                  kElementBits<Format::kMxfp8> == 8,
              "host and device disagree about the shapes of the outputs");
static_assert(sizeof(QuantizeArgs) == 56, "host and device disagree about QuantizeArgs");

}  // namespace fp4jit
)");
  EXPECT_EQ(source.name_expression,
            "fp4jit::quantize<fp4jit::mxfp8_quantize_k96_k_out128_inf16_layout8x4_numericsexact_"
            "pdl2_sm_90a>");
}

TEST(Source, EveryFieldChangesIt) {
  const char* kBase = "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a";
  const char* kOthers[] = {
      "mxfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a",
      "nvfp4_quantize[k=4112,in=bf16,layout=128x4]@sm_100a",
      "nvfp4_quantize[k=0,in=bf16,layout=128x4]@sm_100a",
      "nvfp4_quantize[k=4096,k_out=4112,in=bf16,layout=128x4]@sm_100a",
      "nvfp4_quantize[k=4096,in=f16,layout=128x4]@sm_100a",
      "nvfp4_quantize[k=4096,in=f32,layout=128x4]@sm_100a",
      "nvfp4_quantize[k=4096,in=bf16,layout=linear]@sm_100a",
      "nvfp4_quantize[k=4096,in=bf16,layout=128x4,numerics=exact]@sm_100a",
      "nvfp4_quantize[k=4096,in=bf16,layout=128x4,numerics=torchao]@sm_100a",
      "nvfp4_quantize[k=4096,in=bf16,layout=128x4,scale=inverse]@sm_100a",
      "nvfp4_quantize[k=4096,in=bf16,layout=128x4,pdl=1]@sm_100a",
      "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_90",
  };
  Source base = render(kBase);
  for (const char* other : kOthers) {
    EXPECT_NE(render(other).text, base.text) << other;
    EXPECT_NE(render(other).name_expression, base.name_expression) << other;
  }
}

TEST(Source, EveryModeOfMxChangesIt) {
  std::set<std::string> texts;
  for (const char* mode : {"rceil", "floor", "ceil", "even"}) {
    texts.insert(render((std::string("mxfp4_quantize[k=64,in=bf16,layout=linear,numerics=torchao,"
                                     "ue8m0=") +
                         mode + "]@sm_90")
                            .c_str())
                     .text);
  }
  EXPECT_EQ(texts.size(), 4u);
}

}  // namespace
}  // namespace fp4jit
