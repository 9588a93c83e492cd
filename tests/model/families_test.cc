// What each family makes of its keys, where it differs from the plainest.
#include "tools/model/families/families.h"

#include "plans.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;

json config_of(const std::string& model) {
  return golden_json("table.json")["models"][model]["config"];
}

Plan plan_all(const json& config, bool mtp = false) {
  PlanRequest request = request_for(1, Format::kNvfp4);
  request.mtp = mtp;
  return good(plan_config(config, request));
}

Layers layers_of(const Plan& plan, const std::string& end) {
  return has_module(plan, end) ? find_module(plan, end).module.layers : Layers{};
}

int64_t width_of(const Plan& plan, const std::string& end) {
  return find_module(plan, end).module.width;
}

void expect_refusal(json config, const json& keys, const std::string& part) {
  config.update(keys);
  expect_refused(plan_config(config, request_for(1, Format::kNvfp4)).status(),
                 StatusCode::kInvalidArgument, part);
}

TEST(Defaults, HeadDim) {
  for (auto [model, width] : {std::pair{"Qwen3-32B", 64 * 128},
                              {"gpt-oss-20b", 64 * 64},
                              {"Llama-4-Scout", 40 * 128},
                              {"MiniMax-M2", 48 * 128},
                              {"Qwen3-Next-80B-A3B", 16 * 256},
                              {"Mistral-Small-24B", 5120},
                              {"Nemotron-3-Nano-30B-A3B", 32 * 128}}) {
    json config = config_of(model);
    config.erase("head_dim");
    EXPECT_EQ(width_of(plan_all(config), "o_proj"), width) << model;
    config["head_dim"] = 80;
    EXPECT_EQ(width_of(plan_all(config), "o_proj"), config["num_attention_heads"].get<int>() * 80);
  }
}

TEST(Defaults, OfGemma3AreItsClasses) {
  Plan plan = plan_all({{"model_type", "gemma3_text"}});
  EXPECT_EQ(widths(plan), (Widths{2048, 2304, 9216}));
  EXPECT_EQ(plan.architecture.layers, 26);
  EXPECT_EQ(plan.architecture.activation, "gelu_pytorch_tanh");
}

TEST(Defaults, Activations) {
  EXPECT_EQ(plan_all(config_of("Llama-3.1-8B")).architecture.activation, "silu");
  EXPECT_EQ(plan_all(config_of("gpt-oss-20b")).architecture.activation, "swiglu_clamped");
  EXPECT_EQ(plan_all(config_of("Nemotron-3-Nano-30B-A3B")).architecture.activation, "relu2");
  json config = config_of("Llama-3.1-8B");
  config["hidden_act"] = "gelu";
  EXPECT_EQ(plan_all(config).architecture.activation, "gelu");
}

TEST(Family, LatentAttentionWithoutANarrowQuery) {
  json config = config_of("DeepSeek-V3");
  config["q_lora_rank"] = nullptr;
  Plan plan = plan_all(config);
  EXPECT_EQ(width_of(plan, "self_attn.q_proj"), 7168);
  EXPECT_FALSE(has_module(plan, "q_b_proj"));
  EXPECT_EQ(width_of(plan, "kv_b_proj"), 512);
}

TEST(Family, TheIndexerOfSparseAttention) {
  Plan plan = plan_all(config_of("DeepSeek-V3.2"));
  EXPECT_EQ(width_of(plan, "indexer.wq_b"), 1536);
  EXPECT_EQ(width_of(plan, "indexer.wk"), 7168);
  EXPECT_EQ(find_module(plan, "indexer.wk").module.split, Split::kReplicated);
}

TEST(Family, DenseLayersOfMixtures) {
  json config = config_of("DeepSeek-V3");
  EXPECT_EQ(layers_of(plan_all(config), "layers.*.mlp.down_proj"), (Layers{0, 1, 2}));
  config.update({{"num_hidden_layers", 6}, {"first_k_dense_replace", 1}, {"moe_layer_freq", 2}});
  EXPECT_EQ(layers_of(plan_all(config), "experts.*.down_proj"), (Layers{2, 4}));
  config["mlp_layer_types"] = {"dense", "sparse", "dense", "dense", "dense", "sparse"};
  EXPECT_EQ(layers_of(plan_all(config), "shared_experts.down_proj"), (Layers{1, 5}));
  json qwen = config_of("Qwen3-30B-A3B");
  EXPECT_FALSE(has_module(plan_all(qwen), "layers.*.mlp.down_proj"));
  qwen.update({{"num_hidden_layers", 6}, {"mlp_only_layers", {3}}, {"decoder_sparse_step", 2}});
  EXPECT_EQ(layers_of(plan_all(qwen), "experts.*.down_proj"), (Layers{1, 5}));
  EXPECT_EQ(layers_of(plan_all(qwen), "layers.*.mlp.down_proj"), (Layers{0, 2, 3, 4}));
  json llama = config_of("Llama-4 with dense layers");
  llama.update({{"num_hidden_layers", 6}, {"moe_layers", {0, 5}}});
  EXPECT_EQ(layers_of(plan_all(llama), "experts.*.down_proj"), (Layers{0, 5}));
}

TEST(Family, SharedExpertsAreAsWideAsTheyAreMany) {
  json config = config_of("DeepSeek-V3");
  config["n_shared_experts"] = 3;
  EXPECT_EQ(width_of(plan_all(config), "shared_experts.down_proj"), 3 * 2048);
  config["n_shared_experts"] = nullptr;
  EXPECT_FALSE(has_module(plan_all(config), "shared_experts.down_proj"));
}

TEST(Family, LinearAttentionStandsWhereTheListOrTheIntervalSays) {
  json config = config_of("Qwen3-Next-80B-A3B");
  config["num_hidden_layers"] = 8;
  EXPECT_EQ(layers_of(plan_all(config), "self_attn.o_proj"), (Layers{3, 7}));
  EXPECT_EQ(layers_of(plan_all(config), "linear_attn.out_proj"), (Layers{0, 1, 2, 4, 5, 6}));
  config["layer_types"] = json::array();
  for (int i = 0; i < 8; ++i)
    config["layer_types"].push_back(i == 0 ? "full_attention" : "linear_attention");
  EXPECT_EQ(layers_of(plan_all(config), "self_attn.o_proj"), (Layers{0}));
  EXPECT_EQ(width_of(plan_all(config), "linear_attn.out_proj"), 32 * 128);
}

TEST(Family, CompressorsOfDeepSeekV4) {
  json config = config_of("DeepSeek-V4-Flash");
  config.update({{"num_hidden_layers", 5}, {"compress_ratios", {0, 128, 4, 128, 4, 4}}});
  Plan plan = plan_all(config);
  EXPECT_EQ(layers_of(plan, "compressor.indexer.q_b_proj"), (Layers{2, 4}));
  EXPECT_EQ(width_of(plan, "self_attn.o_a_proj"), 4096);
  EXPECT_EQ(find_module(plan, "experts.*.down_proj").module.published, "ffn.experts.*.down_proj");
}

TEST(Family, LatentExpertsOfNemotron) {
  Plan plan = plan_all(config_of("Nemotron-3-Super-120B-A12B"));
  EXPECT_EQ(width_of(plan, "experts.*.up_proj"), 1024);
  EXPECT_EQ(width_of(plan, "shared_experts.up_proj"), 4096);
  EXPECT_EQ(width_of(plan, "fc2_latent_proj"), 1024);
  json config = config_of("Nemotron-3-Super-120B-A12B");
  config["moe_latent_size"] = 0;
  EXPECT_EQ(width_of(plan_all(config), "experts.*.up_proj"), 4096);
}

TEST(Family, NemotronsBlocksByLetterOrName) {
  json config = config_of("Nemotron-3-Super-120B-A12B");
  config.update({{"num_hidden_layers", 4}, {"intermediate_size", 512}});
  config["hybrid_override_pattern"] = "M-*E";
  Plan by_letter = plan_all(config);
  config.erase("hybrid_override_pattern");
  config["layers_block_type"] = {"mamba", "mlp", "attention", "moe"};
  Plan by_name = plan_all(config);
  for (const char* end : {"in_proj", "layers.*.mixer.down_proj", "o_proj", "experts.*.up_proj"})
    EXPECT_EQ(layers_of(by_letter, end), layers_of(by_name, end)) << end;
  EXPECT_EQ(layers_of(by_name, "layers.*.mixer.down_proj"), (Layers{1}));
  expect_refusal(config, {{"layers_block_type", {"mamba", "mlp", "attention", "lstm"}}},
                 "layer 3 is 'lstm'; a block is M (mamba)");
}

TEST(Family, Gemma4HasTwoKindsOfAttention) {
  json config = config_of("Gemma-4-26B-A4B");
  config.update({{"num_hidden_layers", 6}, {"attention_k_eq_v", true}});
  Plan plan = plan_all(config);
  EXPECT_EQ(layers_of(plan, "self_attn.v_proj"), (Layers{0, 1, 2, 3, 4}));
  EXPECT_TRUE(widths(plan) == (Widths{704, 2112, 2816, 16 * 256, 16 * 512}));
}

TEST(Family, Phi3IsFused) {
  Plan plan = plan_all({{"model_type", "phi3"},
                        {"hidden_size", 3072},
                        {"num_hidden_layers", 32},
                        {"num_attention_heads", 32},
                        {"intermediate_size", 8192}});
  EXPECT_EQ(find_module(plan, "qkv_proj").module.outputs, 3 * 3072);
  EXPECT_EQ(find_module(plan, "gate_up_proj").module.outputs, 2 * 8192);
  EXPECT_EQ(widths(plan), (Widths{3072, 8192}));
}

json decilm(const json& blocks) {
  return {{"model_type", "nemotron-nas"},
          {"hidden_size", 8192},
          {"num_hidden_layers", blocks.size()},
          {"num_attention_heads", 64},
          {"block_configs", blocks}};
}

TEST(Family, NemotronNasBlocksEachSayTheirWidths) {
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

TEST(Family, NemotronNasBlocksThatMakeNoSense) {
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

TEST(Family, KeysThatContradictEachOther) {
  expect_refusal(config_of("Nemotron-3-Nano-30B-A3B"), {{"num_hidden_layers", 53}},
                 "'num_hidden_layers' is 53, and the pattern of its blocks has 52");
  expect_refusal(config_of("Qwen3-Next-80B-A3B"), {{"layer_types", {"full_attention"}}},
                 "'layer_types' has 1 entries, and 'num_hidden_layers' is 48");
  expect_refusal(config_of("DeepSeek-V4-Flash"), {{"compress_ratios", {0, 4}}},
                 "'compress_ratios' has 2 entries");
  expect_refusal(config_of("DeepSeek-V4-Flash"), {{"o_groups", 7}}, "'o_groups' must divide");
  expect_refusal(config_of("DeepSeek-V3"), {{"moe_layer_freq", 0}},
                 "'moe_layer_freq' must not be 0");
  expect_refusal(config_of("Qwen3-30B-A3B"), {{"decoder_sparse_step", 0}},
                 "'decoder_sparse_step' must not be 0");
  expect_refusal(config_of("Qwen3-Next-80B-A3B"), {{"full_attention_interval", 0}},
                 "'full_attention_interval' must not be 0");
  expect_refusal(config_of("DeepSeek-V3"), {{"v_head_dim", 1000000}}, "is beyond the widest input");
}

TEST(Family, ModelTypesThatAreNone) {
  expect_refusal(config_of("Qwen3-32B"), {{"model_type", 3}},
                 "'model_type' must be a string; it is 3");
  json config = config_of("Qwen3-32B");
  config["model_type"] = "";
  expect_refused(plan_config(config, request_for(1, Format::kNvfp4)).status(),
                 StatusCode::kUnsupported, "the architecture '' (model_type) is not known");
}

TEST(Assumed, AnUnknownArchitectureIsReadByTheUsualKeys) {
  PlanRequest request = request_for(2, Format::kNvfp4);
  request.assume = true;
  for (const char* model : {"Llama-3.1-8B", "Qwen3-30B-A3B", "DeepSeek-V3", "Mixtral-8x7B"}) {
    json config = config_of(model);
    Widths known = widths(plan_config(config, request));
    EXPECT_EQ(good(plan_config(config, request)).architecture.warning, "");
    config["model_type"] = "brand_new";
    Plan plan = good(plan_config(config, request));
    EXPECT_EQ(widths(plan), known) << model;
    EXPECT_THAT(plan.architecture.warning,
                testing::HasSubstr("'brand_new' is not known and read as one like llama"));
  }
  expect_refused(plan_config({{"model_type", "brand_new"}}, request).status(),
                 StatusCode::kInvalidArgument, "'hidden_size' is missing");
}

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
