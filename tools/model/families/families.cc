#include "tools/model/families/families.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "base/nearest.h"
#include "tools/model/families/attention.h"
#include "tools/model/families/hybrid.h"
#include "tools/model/families/mtp.h"

namespace fp4jit::model {
namespace {

// A part of a module's path as the checkpoint writes it.
struct Rename {
  std::string_view part;
  std::string_view published;
};

struct Family {
  std::string_view model_type;
  Status (*attention)(Draft&);
  Status (*feed_forward)(Draft&, const Mixture&);
  Mixture mixture = {};
  std::span<const DefaultValue> defaults = {};
  std::string_view activation = "silu";  // where the file does not say
  bool clamped = false;                  // the gate's product is clamped, which is no plain SiLU
  std::string_view mtp_stem = "";        // what the predictors stand in; "": layers like any other
  std::span<const Rename> published = {};
};

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
    {"qwen3", add_plain_attention, add_dense_mlp, {}, kHeadDim128},
    {"phi3", add_fused_attention, add_fused_mlp},
    {"gemma3_text", add_plain_attention, add_dense_mlp, {}, kGemma, "gelu_pytorch_tanh"},
    {"gemma4_text", add_gemma4_attention, add_gemma4_mlp, kGemma4Moe, kGemma4, "gelu_pytorch_tanh"},
    {"mixtral", add_plain_attention, add_mixture, kMixtral, {}, "silu", false, "", kBlockSparse},
    {"minimax_m2", add_plain_attention, add_mixture, kMixtral, kHeadDim128, "silu", false, "",
     kBlockSparse},
    {"gpt_oss", add_plain_attention, add_mixture, kMixtral, kGptOss, "silu", true},
    {"qwen3_moe", add_plain_attention, add_mixture, kQwenMoe},
    {"qwen3_next", add_qwen3_next_attention, add_mixture, kQwenNext, kQwen3Next, "silu", false,
     "mtp.layers"},
    {"qwen3_5_moe_text", add_qwen3_5_attention, add_mixture, kQwen35, kQwen3Next, "silu", false,
     "mtp.layers"},
    {"llama4_text", add_plain_attention, add_mixture, kLlama4Moe, kLlama4},
    {"deepseek_v3", add_latent_attention, add_mixture, kDeepSeek},
    {"deepseek_v32", add_sparse_latent_attention, add_mixture, kDeepSeek},
    {"kimi_k2", add_latent_attention, add_mixture, kDeepSeek},
    {"glm_moe_dsa", add_sparse_latent_attention, add_mixture, kDeepSeek},
    {"glm4_moe", add_plain_attention, add_mixture, kDeepSeek},
    {"deepseek_v4",
     add_grouped_latent_attention,
     add_mixture,
     kDeepSeekV4,
     {},
     "silu",
     true,
     "mtp",
     kDeepSeekV4Names},
    {"nemotron_h", add_no_attention, add_nemotron_h_layers, kNemotron, kNemotronH, "relu2", false,
     "mtp.layers"},
    {"nemotron-nas", add_no_attention, add_decilm_layers},
};

void name_as_published(std::span<const Rename> renames, Architecture* architecture) {
  if (renames.empty()) return;
  for (Module& module : architecture->modules) {
    module.published = module.path;
    for (const Rename& rename : renames) {
      size_t at = module.published.find(rename.part);
      if (at != std::string::npos)
        module.published.replace(at, rename.part.size(), rename.published);
    }
  }
}

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

// The text's own model_type; one that is missing is told from the outer object's, whose nested text
// transformers names with "_text".
Result<std::string> text_type(const JsonObject& text, const std::string& outer_type) {
  if (text.has("model_type") || outer_type.empty()) return text.text("model_type");
  return outer_type + "_text";
}

Result<Family> find_family(const JsonObject& text, const std::string& type, bool assume) {
  std::vector<std::string_view> known;
  for (const Family& family : kFamilies) {
    known.push_back(family.model_type);
    if (family.model_type == type) return family;
  }
  if (assume) return kAssumed;
  Status error = text.error(fmt::format(
      "the architecture '{}' (model_type) is not known; known are {}; for any other, try "
      "--assume {}, or name its K with --k{}",
      shown(type), fmt::join(known, ", "), kAssumeLlamaLike, did_you_mean(type, known)));
  return Status(StatusCode::kUnsupported, error.message());
}

Result<std::string> read_activation(const JsonObject& text, const Family& family) {
  if (family.clamped) return std::string("swiglu_clamped");
  for (const char* key : {"hidden_act", "hidden_activation", "mlp_hidden_act"}) {
    if (text.has(key)) return text.text(key);
  }
  return std::string(family.activation);
}

}  // namespace

Result<Architecture> read_architecture(const JsonObject& text, const ArchitectureRequest& request) {
  Architecture architecture;
  FP4JIT_ASSIGN_OR_RETURN(architecture.model_type, text_type(text, request.outer_type));
  FP4JIT_ASSIGN_OR_RETURN(Family family,
                          find_family(text, architecture.model_type, request.assume));
  if (family.model_type.empty()) {
    architecture.warning = fmt::format(
        "the architecture '{}' is not known and read as one like llama: compare the plan's modules "
        "with the checkpoint's",
        shown(architecture.model_type));
  }
  FP4JIT_ASSIGN_OR_RETURN(architecture.activation, read_activation(text, family));
  Draft draft(text, family.defaults, &architecture);
  FP4JIT_RETURN_IF_ERROR(draft.begin());
  FP4JIT_RETURN_IF_ERROR(family.attention(draft));
  FP4JIT_RETURN_IF_ERROR(family.feed_forward(draft, family.mixture));
  if (request.mtp) add_mtp_layers(draft, family.mtp_stem);
  name_as_published(family.published, &architecture);
  return architecture;
}

}  // namespace fp4jit::model
