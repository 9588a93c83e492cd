// How one module came to its width, or to none.
#include "tools/model/explain.h"

#include "plans.h"

namespace fp4jit::model {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

std::vector<Explanation> explain(const std::string& model, const std::string& name,
                                 PlanRequest request) {
  request.path = (golden_models() / model).string();
  Result<std::vector<Explanation>> explanations = explain_module(request, name);
  EXPECT_TRUE(explanations.ok()) << explanations.status().message();
  return explanations.ok() ? *explanations : std::vector<Explanation>{};
}

Explanation explain_one(const std::string& model, const std::string& name,
                        const PlanRequest& request) {
  std::vector<Explanation> all = explain(model, name, request);
  EXPECT_EQ(all.size(), 1u) << name;
  return all.empty() ? Explanation{"", "", "", {""}} : all.front();
}

constexpr const char* kLlama = "Llama-3.3-70B-Instruct-NVFP4";
constexpr const char* kNemotron = "NVIDIA-Nemotron-3-Nano-30B-A3B-NVFP4";
constexpr const char* kDeepSeek = "DeepSeek-V3-0324-NVFP4";

TEST(Explain, AWidthByRoleSplitFormatAndPadding) {
  Explanation one = explain_one(kLlama, "model.layers.3.mlp.down_proj", request_for(4));
  EXPECT_EQ(one.name, "model.layers.3.mlp.down_proj");
  EXPECT_EQ(one.format, "nvfp4");
  EXPECT_EQ(one.rank_width, "7168");
  EXPECT_THAT(one.lines, Contains("mlp: 28672 to 8192, in layers 3"));
  EXPECT_THAT(one.lines,
              Contains("row-parallel: its input is divided over 4 ranks by --dense-tp: 7168"));
  EXPECT_THAT(one.lines, Contains("nvfp4: NVFP4 for every linear (hf_quant_config.json)"));
  EXPECT_THAT(one.lines, Contains("k 7168, k_out the same: pad policy none adds nothing"));
}

TEST(Explain, TakesPatternsEndsAndTheCheckpointsSpellings) {
  for (const char* name : {"down_proj", "mlp.down_proj", "model.layers.*.mlp.down_proj"}) {
    Explanation one = explain_one(kLlama, name, request_for(1));
    EXPECT_EQ(one.name, "model.layers.*.mlp.down_proj");
    EXPECT_THAT(one.lines.front(), HasSubstr("in layers 0-79"));
  }
  EXPECT_EQ(explain_one(kNemotron, "backbone.layers.0.mixer.in_proj", request_for(1)).format,
            "nvfp4");
  EXPECT_EQ(
      explain_one("Mixtral-8x7B-Instruct-v0.1", "model.layers.0.block_sparse_moe.experts.3.w2",
                  request_for(1, Format::kMxfp8))
          .format,
      "mxfp8");
  EXPECT_EQ(
      explain_one("DeepSeek-V4-Flash-NVFP4-FP8", "layers.0.ffn.experts.3.down_proj", request_for(1))
          .rank_width,
      "2048");
}

// The model has 52 layers and 128 experts in some of them.
TEST(Explain, TheNumberBehindExpertsIsNoLayer) {
  Explanation one =
      explain_one(kNemotron, "backbone.layers.1.mixer.experts.100.down_proj", request_for(1));
  EXPECT_THAT(one.lines.front(), HasSubstr("in layers 1, 128 in each"));
}

TEST(Explain, OneLayerOrEachFormat) {
  EXPECT_EQ(explain_one(kNemotron, "model.layers.4.mixer.in_proj", request_for(1)).format, "");
  std::vector<Explanation> both = explain(kNemotron, "mixer.in_proj", request_for(1));
  ASSERT_EQ(both.size(), 2u);
  EXPECT_NE(both[0].format, both[1].format);
  EXPECT_EQ(explain(kDeepSeek, "down_proj", request_for(1)).size(), 3u);  // dense, experts, shared
  EXPECT_EQ(explain_one(kDeepSeek, "model.layers.2.mlp.down_proj", request_for(1)).rank_width,
            "18432");
}

TEST(Explain, WhyThereIsNone) {
  Explanation excluded = explain_one(kDeepSeek, "model.layers.0.self_attn.o_proj", request_for(8));
  EXPECT_EQ(excluded.format, "");
  EXPECT_THAT(excluded.lines.back(), HasSubstr("no kernel: excluded by 'model.layers.0.self_attn"));
  Explanation cut = explain_one(kNemotron, "experts.*.down_proj", request_for(8));
  EXPECT_EQ(cut.rank_width, "232");
  EXPECT_THAT(cut.lines.back(), HasSubstr("232 = 14.5 blocks"));
  EXPECT_THAT(cut.lines.back(), HasSubstr("ways out: --tp 4"));
  EXPECT_THAT(cut.lines.front(), HasSubstr("128 in each"));
}

TEST(Explain, PaddingAndOddWidths) {
  PlanRequest request = request_for(4);
  Explanation odd = explain_one(kNemotron, "experts.*.down_proj", request);
  EXPECT_THAT(odd.lines.back(), HasSubstr("464 is an odd multiple of 16"));
  request.pad_policy = PadPolicy::kCutlassNvfp4;
  EXPECT_THAT(explain_one(kNemotron, "experts.*.down_proj", request).lines.back(),
              HasSubstr("k 464, k_out 480: pad policy cutlass-nvfp4 (vLLM 31099)"));
}

TEST(Explain, NamesThatNoModuleHas) {
  PlanRequest request = request_for(1);
  request.path = (golden_models() / kLlama).string();
  for (const char* name : {"model.layers.80.mlp.down_proj", "proj", "", "layers.1",
                           "model.layers.99999999999999999999.mlp.down_proj"}) {
    expect_refused(explain_module(request, name).status(), StatusCode::kInvalidArgument,
                   std::string("no module is named '") + name + "'; the model's 80 layers have");
  }
  for (const char* name : {"lm_head", "mlp.gate"})
    expect_refused(explain_module(request, name).status(), StatusCode::kUnsupported, "no kernel");
  expect_refused(explain_module(request, "mlp.down_prj").status(), StatusCode::kInvalidArgument,
                 "down_proj");
}

}  // namespace
}  // namespace fp4jit::model
