// The layers that predict further tokens.
#include "family_plans.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;

TEST(Mtp, DeepSeeksPredictorIsTheLayerAfterTheLast) {
  Plan plan = plan_all(config_of("DeepSeek-V3"), true);
  EXPECT_FALSE(has_module(plan, "eh_proj"));  // the config tells of none
  json config = config_of("DeepSeek-V3");
  config["num_nextn_predict_layers"] = 1;
  EXPECT_FALSE(has_module(plan_all(config), "eh_proj"));  // nobody asked
  plan = plan_all(config, true);
  EXPECT_EQ(layers_of(plan, "model.layers.*.eh_proj"), (Layers{61}));
  EXPECT_EQ(width_of(plan, "eh_proj"), 2 * 7168);
  EXPECT_EQ(layers_of(plan, "experts.*.down_proj").back(), 61);
  EXPECT_EQ(layers_of(plan, "layers.*.mlp.down_proj").back(), 2);
}

TEST(Mtp, APublishedListLeavesItOut) {
  PlanRequest request = request_for(8);
  request.mtp = true;
  Plan plan = good(plan_golden("DeepSeek-V3-0324-NVFP4", request));
  EXPECT_EQ(widths(plan), (Widths{256, 2304, 7168}));
  EXPECT_EQ(find_module(plan, "eh_proj", false).module.layers, (Layers{61}));
  EXPECT_EQ(find_module(plan, "experts.*.down_proj").module.layers.back(), 60);
}

TEST(Mtp, Qwen3NextsPredictorStandsByItself) {
  json config = config_of("Qwen3-Next-80B-A3B");
  config["num_nextn_predict_layers"] = 1;
  Plan plan = plan_all(config, true);
  EXPECT_EQ(layers_of(plan, "mtp.layers.*.mlp.experts.*.down_proj"), (Layers{0}));
  EXPECT_EQ(layers_of(plan, "mtp.layers.*.self_attn.o_proj"), (Layers{0}));
  EXPECT_FALSE(has_module(plan, "mtp.layers.*.linear_attn.out_proj"));
  PlanRequest request = request_for(1);
  request.mtp = true;
  for (const char* entry : {"mtp", "mtp.*", "mtp*"}) {
    plan = good(plan_config(config, request, modelopt("NVFP4", {entry})));
    EXPECT_FALSE(has_module(plan, "mtp.layers.*.mlp.experts.*.down_proj")) << entry;
    EXPECT_TRUE(has_module(plan, "model.layers.*.mlp.experts.*.down_proj")) << entry;
  }
}

}  // namespace
}  // namespace fp4jit::model
