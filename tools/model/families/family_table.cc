#include "tools/model/families/family_table.h"

#include "tools/model/families/attention.h"
#include "tools/model/families/hybrid.h"

namespace fp4jit::model {
namespace {

constexpr Rename kBlockSparse[] = {
    {"mlp.", "block_sparse_moe."}, {"gate_proj", "w1"}, {"up_proj", "w3"}, {"down_proj", "w2"}};
constexpr Rename kDeepSeekV4Names[] = {
    {"mlp.", "ffn."},     {"self_attn.", "attn."}, {"q_a_proj", "wq_a"}, {"q_b_proj", "wq_b"},
    {".kv_proj", ".wkv"}, {"o_a_proj", "wo_a"},    {"o_b_proj", "wo_b"}};

constexpr DefaultValue kHeadDim128[] = {{"head_dim", 128}};
constexpr DefaultValue kHeadDim512[] = {{"head_dim", 512}};
constexpr DefaultValue kQwen3Next[] = {{"head_dim", 256},
                                       {"linear_num_key_heads", 16},
                                       {"linear_key_head_dim", 128},
                                       {"linear_num_value_heads", 32},
                                       {"linear_value_head_dim", 128}};
constexpr DefaultValue kGptOss[] = {{"head_dim", 64}};
constexpr DefaultValue kGemma[] = {{"hidden_size", 2304},      {"intermediate_size", 9216},
                                   {"num_hidden_layers", 26},  {"num_attention_heads", 8},
                                   {"num_key_value_heads", 4}, {"head_dim", 256}};
constexpr DefaultValue kGemma4[] = {{"num_attention_heads", 8},
                                    {"num_key_value_heads", 4},
                                    {"head_dim", 256},
                                    {"global_head_dim", 512},
                                    {"hidden_size_per_layer_input", 256}};
constexpr DefaultValue kLlama4[] = {{"head_dim", 128}, {"intermediate_size_mlp", 16384}};
constexpr DefaultValue kNemotronH[] = {{"head_dim", 128}, {"num_key_value_heads", 8}};

constexpr Mixture kMixtral = {
    .experts = "num_local_experts", .width = "intermediate_size", .sparse = all_layers};
constexpr Mixture kQwenMoe = {.experts = "num_experts",
                              .width = "moe_intermediate_size",
                              .dense_width = "intermediate_size",
                              .sparse = by_step};
constexpr Mixture kQwenNext = {.experts = "num_experts",
                               .width = "moe_intermediate_size",
                               .shared_width = "shared_expert_intermediate_size",
                               .dense_width = "intermediate_size",
                               .shared = "shared_expert",
                               .sparse = by_step};
constexpr Mixture kQwen35 = {.experts = "num_experts",
                             .width = "moe_intermediate_size",
                             .shared_width = "shared_expert_intermediate_size",
                             .shared = "shared_expert",
                             .sparse = all_layers};
constexpr Mixture kLlama4Moe = {.experts = "num_local_experts",
                                .width = "intermediate_size",
                                .shared_width = "intermediate_size",
                                .dense_width = "intermediate_size_mlp",
                                .parent = "feed_forward",
                                .shared = "shared_expert",
                                .sparse = interleaved};
constexpr Mixture kGemma4Moe = {.experts = "num_experts", .width = "moe_intermediate_size"};
constexpr Mixture kDeepSeek = {.experts = "n_routed_experts",
                               .width = "moe_intermediate_size",
                               .shared_width = "moe_intermediate_size",
                               .shared_count = "n_shared_experts",
                               .dense_width = "intermediate_size",
                               .sparse = after_the_dense};
constexpr Mixture kDeepSeekV4 = {.experts = "n_routed_experts",
                                 .width = "moe_intermediate_size",
                                 .shared_width = "moe_intermediate_size",
                                 .sparse = all_layers};
constexpr Mixture kNemotron = {.experts = "n_routed_experts",
                               .width = "moe_intermediate_size",
                               .shared_width = "moe_shared_expert_intermediate_size"};

constexpr Family kFamilies[] = {
    {"llama", add_plain_attention, add_dense_mlp},
    {"mistral", add_plain_attention, add_dense_mlp},
    {"qwen2", add_plain_attention, add_dense_mlp},
    {"qwen3", add_plain_attention, add_dense_mlp, {.defaults = kHeadDim128}},
    {"phi3", add_fused_attention, add_fused_mlp},
    {"gemma3_text",
     add_plain_attention,
     add_dense_mlp,
     {.defaults = kGemma, .activation = "gelu_pytorch_tanh"}},
    {"gemma4_text",
     add_gemma4_attention,
     add_gemma4_mlp,
     {.mixture = kGemma4Moe, .defaults = kGemma4, .activation = "gelu_pytorch_tanh"}},
    {"mixtral", add_plain_attention, add_mixture, {.mixture = kMixtral, .published = kBlockSparse}},
    {"minimax_m2",
     add_plain_attention,
     add_mixture,
     {.mixture = kMixtral, .defaults = kHeadDim128, .published = kBlockSparse}},
    {"gpt_oss",
     add_plain_attention,
     add_mixture,
     {.mixture = kMixtral, .defaults = kGptOss, .clamps_activation = true}},
    {"qwen3_moe", add_plain_attention, add_mixture, {.mixture = kQwenMoe}},
    {"qwen3_next",
     add_qwen3_next_attention,
     add_mixture,
     {.mixture = kQwenNext,
      .defaults = kQwen3Next,
      .mtp_stem = "mtp.layers",
      .mtp_join = "mtp.fc"}},
    {"qwen3_5_moe_text",
     add_qwen3_5_attention,
     add_mixture,
     {.mixture = kQwen35, .defaults = kQwen3Next, .mtp_stem = "mtp.layers", .mtp_join = "mtp.fc"}},
    {"llama4_text", add_plain_attention, add_mixture, {.mixture = kLlama4Moe, .defaults = kLlama4}},
    {"deepseek_v3", add_latent_attention, add_mixture, {.mixture = kDeepSeek}},
    {"deepseek_v32", add_sparse_latent_attention, add_mixture, {.mixture = kDeepSeek}},
    {"kimi_k2", add_latent_attention, add_mixture, {.mixture = kDeepSeek}},
    {"glm_moe_dsa", add_sparse_latent_attention, add_mixture, {.mixture = kDeepSeek}},
    {"glm4_moe", add_plain_attention, add_mixture, {.mixture = kDeepSeek}},
    {"deepseek_v4",
     add_grouped_latent_attention,
     add_mixture,
     {.mixture = kDeepSeekV4,
      .defaults = kHeadDim512,
      .clamps_activation = true,
      .mtp_stem = "mtp",
      .published = kDeepSeekV4Names}},
    {"nemotron_h",
     add_no_attention,
     add_nemotron_h_layers,
     {.mixture = kNemotron,
      .defaults = kNemotronH,
      .activation = "relu2",
      .mtp_stem = "mtp.layers"}},
    {"nemotron-nas", add_no_attention, add_decilm_layers},
};

// The usual names of a mixture's keys, whichever the config has.
Status add_any_mlp(Draft& draft, const Mixture&) {
  for (const Mixture& mixture : {kQwenNext, kQwenMoe, kDeepSeek, kMixtral}) {
    bool has_shared = !mixture.shared_width || draft.has(mixture.shared_width);
    if (draft.has(mixture.experts) && draft.has(mixture.width) && has_shared)
      return add_mixture(draft, mixture);
  }
  return add_dense_mlp(draft, {});
}

Status add_any_attention(Draft& draft) {
  return draft.has("kv_lora_rank") ? add_latent_attention(draft) : add_plain_attention(draft);
}

constexpr Family kAssumed = {"", add_any_attention, add_any_mlp};

}  // namespace

std::span<const Family> families() {
  return kFamilies;
}

const Family& assumed_family() {
  return kAssumed;
}

}  // namespace fp4jit::model
