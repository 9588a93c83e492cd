// What each family makes of its keys, where it differs from the plainest.
#include "family_plans.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;

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

}  // namespace
}  // namespace fp4jit::model
