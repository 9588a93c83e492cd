// Checkpoints whose modules are named one by one, or expert by expert.
#include "plans.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;

json moe_config(int layers, int experts) {
  json config = golden_config("Qwen3-30B-A3B-NVFP4");
  config.update({{"num_hidden_layers", layers}, {"num_experts", experts}});
  return config;
}

json mixed(const json& layers, const std::vector<std::string>& excluded = {}) {
  return {{"quantization",
           {{"quant_algo", "MIXED_PRECISION"},
            {"quantized_layers", layers},
            {"exclude_modules", excluded}}}};
}

json algorithm(const char* name) {
  return {{"quant_algo", name}};
}

// Every expert's projections by name, as published maps have them.
json expert_map(int layers, int experts, const char* name) {
  json map = json::object();
  for (int layer = 0; layer < layers; ++layer) {
    for (int expert = 0; expert < experts; ++expert) {
      for (const char* projection : {"gate_proj", "up_proj", "down_proj"}) {
        map["model.layers." + std::to_string(layer) + ".mlp.experts." + std::to_string(expert) +
            "." + projection] = algorithm(name);
      }
    }
  }
  return map;
}

TEST(MixedPrecision, EachModuleHasItsOwnAlgorithm) {
  Plan plan = good(plan_config(moe_config(3, 8), request_for(1),
                               mixed({{"model.layers.0.self_attn.o_proj", algorithm("NVFP4")},
                                      {"model.layers.1.self_attn.o_proj", algorithm("MXFP8")},
                                      {"model.layers.2.self_attn.o_proj", algorithm("FP8")},
                                      {"model.layers.2.mlp.experts", algorithm("NVFP4")}})));
  std::map<std::optional<Format>, Layers> o_proj;
  for (const PlannedModule& planned : plan.modules) {
    if (planned.module.projection() == "o_proj") o_proj[planned.format] = planned.module.layers;
  }
  EXPECT_EQ(o_proj, (std::map<std::optional<Format>, Layers>{
                        {std::nullopt, {2}}, {Format::kNvfp4, {0}}, {Format::kMxfp8, {1}}}));
  EXPECT_EQ(find_module(plan, "experts.*.down_proj").module.layers, (Layers{2}));
  EXPECT_FALSE(has_module(plan, "q_proj"));
}

TEST(MixedPrecision, AListOfExclusionsBeatsTheMap) {
  Plan plan =
      good(plan_config(moe_config(2, 8), request_for(1),
                       mixed({{"model.layers.0.self_attn", algorithm("NVFP4")}}, {"*.o_proj"})));
  EXPECT_EQ(widths(plan), (Widths{2048}));
}

TEST(MixedPrecision, OneExpertIsEnough) {
  Plan plan =
      good(plan_config(moe_config(4, 8), request_for(1),
                       mixed({{"model.layers.2.mlp.experts.5.down_proj", algorithm("NVFP4")}})));
  EXPECT_EQ(find_module(plan, "experts.*.down_proj").module.layers, (Layers{2}));
  EXPECT_EQ(widths(plan), (Widths{768}));
}

TEST(MixedPrecision, ExpertsOfTwoFormatsNeedBoth) {
  json map = expert_map(2, 8, "NVFP4");
  map["model.layers.1.mlp.experts.7.down_proj"] = algorithm("MXFP8");
  Plan plan = good(plan_config(moe_config(2, 8), request_for(1), mixed(map)));
  std::map<Format, Layers> down;
  for (const PlannedModule& planned : plan.modules) {
    if (planned.format && planned.module.projection() == "down_proj")
      down[*planned.format] = planned.module.layers;
  }
  EXPECT_EQ(down, (std::map<Format, Layers>{{Format::kNvfp4, {0, 1}}, {Format::kMxfp8, {1}}}));
}

TEST(MixedPrecision, ExpertsThatAreLeftOutOneByOne) {
  auto without = [](int excluded) {
    std::vector<std::string> entries;
    for (int expert = 0; expert < excluded; ++expert)
      entries.push_back("model.layers.1.mlp.experts." + std::to_string(expert));
    return good(plan_config(moe_config(2, 8), request_for(1), modelopt("NVFP4", entries)));
  };
  EXPECT_EQ(find_module(without(7), "experts.*.up_proj").module.layers, (Layers{0, 1}));
  EXPECT_FALSE(has_module(without(7), "experts.*.up_proj", false));
  EXPECT_EQ(find_module(without(8), "experts.*.up_proj").module.layers, (Layers{0}));
  EXPECT_EQ(find_module(without(8), "experts.*.up_proj", false).module.layers, (Layers{1}));
}

// Of Kimi-K2's size and more: 52 layers of 256 experts. The longest walk is that through a map
// which gives no expert a kernel.
TEST(MixedPrecision, FortyThousandEntries) {
  json map = expert_map(52, 256, "NVFP4");
  EXPECT_EQ(map.size(), 39936u);
  Plan plan = good(plan_config(moe_config(52, 256), request_for(8), mixed(map)));
  EXPECT_EQ(widths(plan), (Widths{96, 2048}));
  EXPECT_EQ(find_module(plan, "experts.*.down_proj").module.layers.size(), 52u);
  map = expert_map(52, 256, "FP8");
  map["model.layers.3.self_attn"] = algorithm("NVFP4");
  plan = good(plan_config(moe_config(52, 256), request_for(8), mixed(map)));
  EXPECT_EQ(widths(plan), (Widths{512, 2048}));
  EXPECT_FALSE(has_module(plan, "experts.*.down_proj"));
}

TEST(MixedPrecision, MapsThatAreNone) {
  auto refuse = [](const json& map, StatusCode code, const char* part) {
    expect_refused(plan_config(moe_config(2, 8), request_for(1), map).status(), code, part);
  };
  constexpr StatusCode kWrong = StatusCode::kInvalidArgument, kRefused = StatusCode::kUnsupported;
  refuse(algorithm("MIXED_PRECISION"), kWrong, "'quantized_layers' is missing");
  refuse(mixed({{"a", 1}}), kWrong, "quantized_layers: 'a' must be an object");
  refuse(mixed({{"a", algorithm("NVFP5")}}), kRefused,
         "quantized_layers: a: the quantisation algorithm 'NVFP5'");
  refuse(mixed({{"a", algorithm("MIXED_PRECISION")}}), kRefused, "'MIXED_PRECISION' is not known");
  refuse(mixed(json::object()), kRefused, "nothing to do");
  refuse(mixed({{"a", algorithm("FP8")}}), kRefused, "nothing to do");
}

}  // namespace
}  // namespace fp4jit::model
