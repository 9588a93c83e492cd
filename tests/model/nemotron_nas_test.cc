// Nemotron-NAS: blocks that each say their widths.
#include "family_plans.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;

json decilm(const json& blocks) {
  return {{"model_type", "nemotron-nas"},
          {"hidden_size", 8192},
          {"num_hidden_layers", blocks.size()},
          {"num_attention_heads", 64},
          {"block_configs", blocks}};
}

TEST(NemotronNas, BlocksEachSayTheirWidths) {
  json wide = {{"attention", {{"n_heads_in_group", 8}, {"no_op", false}}},
               {"ffn", {{"ffn_mult", 5.25}}}};
  json narrow = {{"attention", {{"num_key_value_heads", 4}}},
                 {"ffn", {{"intermediate_size", 4096}}}};
  json none = {{"attention", {{"no_op", true}}}, {"ffn", {{"no_op", true}}}};
  json linear = {{"attention", {{"replace_with_linear", true}}},
                 {"ffn", {{"replace_with_linear", true}}}};
  Plan plan = plan_all(decilm({wide, narrow, none, linear, wide}));
  EXPECT_EQ(widths(plan), (Widths{4096, 8192, 28672}));
  EXPECT_EQ(layers_of(plan, "self_attn.o_proj"), (Layers{0, 1, 4}));
  EXPECT_EQ(layers_of(plan, "mlp.linear_mlp"), (Layers{3}));
  EXPECT_EQ(layers_of(plan, "self_attn.linear_attn"), (Layers{3}));
  EXPECT_EQ(find_module(plan, "k_proj").module.outputs, 8 * 128);
  // One rank of three has no whole key-value head.
  json config = decilm(json::array({wide}));
  config["num_attention_heads"] = 48;
  config["head_dim"] = 128;
  config["block_configs"][0]["attention"]["n_heads_in_group"] = 6;
  expect_refused(plan_config(config, request_for(6, Format::kNvfp4)).status(),
                 StatusCode::kUnsupported, "8 key-value heads");
}

TEST(NemotronNas, BlocksThatMakeNoSense) {
  json good = {{"attention", {{"n_heads_in_group", 8}}}, {"ffn", {{"ffn_mult", 5.25}}}};
  json config = decilm({good, good});
  expect_refusal(config, {{"num_hidden_layers", 3}}, "'block_configs' has 2 entries");
  auto with = [&](const char* part, const json& value) {
    json block = good;
    block[part] = value;
    return json{{"block_configs", {good, block}}};
  };
  expect_refusal(config, with("attention", json::object()), "'num_key_value_heads' is missing");
  expect_refusal(config, with("attention", {{"n_heads_in_group", 7}}),
                 "'n_heads_in_group' must divide");
  expect_refusal(config, with("ffn", json::object()), "'ffn_mult' is missing");
  expect_refusal(config, with("ffn", {{"ffn_mult", "5"}}), "'ffn_mult' must be a number");
  expect_refusal(config, with("ffn", {{"ffn_mult", -1}}), "'ffn_mult' must be a number");
  expect_refusal(config, {{"block_configs", {1, 2}}},
                 "block_configs[0]: must be a string or an object");
}

}  // namespace
}  // namespace fp4jit::model
