// What a plan says beside its widths, and where its facts come from.
#include "plans.h"

namespace fp4jit::model {
namespace {

using ::testing::HasSubstr;

nlohmann::json llama() {
  return golden_config("Llama-3.1-8B-Instruct");
}

TEST(Plan, TellsWhereItsFactsCameFrom) {
  PlanRequest request = request_for(8);
  Plan plan = good(plan_golden("Llama-3.3-70B-Instruct-NVFP4/config.json", request));
  EXPECT_EQ(plan.architecture.model_type, "llama");
  EXPECT_EQ(plan.architecture.layers, 80);
  EXPECT_EQ(plan.quantization_source, "hf_quant_config.json");
  EXPECT_EQ(plan.in, Dtype::kBf16);
  request.in = Dtype::kF16;
  EXPECT_EQ(good(plan_golden("Llama-3.3-70B-Instruct-NVFP4", request)).in, Dtype::kF16);
}

TEST(Plan, ASplitThroughABlockIsReportedAndTheRestPlanned) {
  auto config = llama();
  config["intermediate_size"] = 1856;  // 1856/8 = 232 = 14.5 blocks
  Plan plan = good(plan_config(config, request_for(8, Format::kNvfp4)));
  EXPECT_EQ(unaligned(plan), (Patterns{{"232", {"model.layers.*.mlp.down_proj"}}}));
  EXPECT_THAT(find_module(plan, "down_proj").unaligned, HasSubstr("232 = 14.5 blocks"));
  EXPECT_EQ(widths(plan), (Widths{512, 4096}));
}

TEST(Plan, AWidthThatTpDoesNotDivideIsReported) {
  auto config = llama();
  config["intermediate_size"] = 14337;
  Plan plan = good(plan_config(config, request_for(8, Format::kNvfp4)));
  EXPECT_EQ(unaligned(plan), (Patterns{{"14337/8", {"model.layers.*.mlp.down_proj"}}}));
  EXPECT_THAT(find_module(plan, "down_proj").unaligned,
              HasSubstr("14337 cannot be divided over tp 8"));
}

TEST(Plan, MxBlocksAreTwiceAsWide) {
  auto config = llama();
  // 144 per rank: nine blocks of 16, four and a half of 32.
  config["intermediate_size"] = 16 * 9 * 8;
  EXPECT_TRUE(good(plan_config(config, request_for(8, Format::kNvfp4))).is_aligned());
  EXPECT_EQ(unaligned(good(plan_config(config, request_for(8, Format::kMxfp8)))).size(), 1u);
}

TEST(Plan, ExcludedModulesNeedNoKernelAndLayersAreDecidedOneByOne) {
  Plan plan = good(plan_config(
      golden_config("Qwen3-32B-NVFP4"), request_for(1),
      modelopt("NVFP4", {"lm_head", "model.layers.*.self_attn*", "model.layers.0.mlp.down_proj"})));
  EXPECT_EQ(widths(plan), (Widths{5120, 25600}));  // o_proj's 8192 is gone
  EXPECT_EQ(plan.needed.begin()->second.from,
            (std::vector<std::string>{"mlp:gate_proj", "mlp:up_proj"}));
  EXPECT_EQ(find_module(plan, "down_proj").module.layers.size(), 63u);
  EXPECT_EQ(find_module(plan, "down_proj", false).module.layers, Layers{0});
}

TEST(Plan, ReasonsNameTheEntryThatDecided) {
  Plan plan = good(plan_golden("DeepSeek-V3-0324-NVFP4", request_for(8)));
  EXPECT_THAT(find_module(plan, "o_proj", false).why, HasSubstr("self_attn"));
  EXPECT_EQ(find_module(plan, "experts.*.down_proj").why, "NVFP4 for every linear");
  EXPECT_EQ(find_module(plan, "experts.*.down_proj").how, "2048 over 8 ranks (--moe-tp)");
}

TEST(Plan, SeventeenOfNemotrons23MambaLayersAreQuantised) {
  Plan plan = good(plan_golden("NVIDIA-Nemotron-3-Nano-30B-A3B-NVFP4", request_for(4)));
  for (const char* name : {"mixer.in_proj", "mixer.out_proj"}) {
    EXPECT_EQ(find_module(plan, name).module.layers.size(), 17u);
    EXPECT_EQ(find_module(plan, name, false).module.layers.size(), 6u);
    EXPECT_EQ(find_module(plan, name, false).module.layers.front(), 4);
  }
  EXPECT_FALSE(has_module(plan, "mixer.q_proj"));
  EXPECT_EQ(find_module(plan, "mixer.q_proj", false).module.layers.size(), 6u);
}

TEST(Plan, TheDtypeOfTheConfigIsTheInput) {
  for (auto [name, dtype] : {std::pair{"float16", Dtype::kF16}, {"float32", Dtype::kF32}}) {
    auto config = llama();
    config["torch_dtype"] = name;
    EXPECT_EQ(good(plan_config(config, request_for(1, Format::kMxfp4))).in, dtype);
  }
}

TEST(Plan, BackendsThatDequantiseWeightsLeaveNothingToDo) {
  for (Backend backend : {Backend::kMarlin, Backend::kTriton}) {
    for (const char* model : {"gpt-oss-120b", "Llama-3.3-70B-Instruct-NVFP4"}) {
      PlanRequest request = request_for(2);
      request.backend = backend;
      expect_refused(plan_golden(model, request).status(), StatusCode::kUnsupported,
                     "takes activations as they are: there is nothing to do");
    }
  }
}

}  // namespace
}  // namespace fp4jit::model
