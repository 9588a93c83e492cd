
#include <string_view>

#include "base/format.h"
#include "tools/model/families/attention.h"
#include "tools/model/families/hybrid.h"

namespace fp4jit::model {
namespace {

enum class Block { kMamba, kAttention, kMlp, kExperts, kEnd };

// A block as the pattern writes it and as the lists do, now and before.
struct BlockRow {
  Block value;
  char letter;
  std::string_view name;
  std::string_view earlier_name;
};

constexpr BlockRow kBlocks[] = {
    {Block::kMamba, 'M', "linear_attention", "mamba"},
    {Block::kAttention, '*', "full_attention", "attention"},
    {Block::kMlp, '-', "mlp", "mlp"},
    {Block::kExperts, 'E', "moe", "moe"},
};

struct BlockLayers {
  Layers of[static_cast<size_t>(Block::kEnd)];

  const Layers& operator[](Block block) const { return of[static_cast<size_t>(block)]; }
};

// layers_block_type, else hybrid_override_pattern: a text or a letter for each layer.
Result<std::vector<std::string>> read_blocks(const Draft& draft) {
  for (const char* key : {"layers_block_type", "layer_types"}) {
    if (draft.text().has(key)) return draft.text().texts(key);
  }
  FP4JIT_ASSIGN_OR_RETURN(std::string pattern, draft.text().text("hybrid_override_pattern"));
  std::vector<std::string> blocks;
  for (char letter : pattern) blocks.emplace_back(1, letter);
  return blocks;
}

Result<BlockLayers> read_block_layers(const Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(std::vector<std::string> blocks, read_blocks(draft));
  auto wanted = static_cast<size_t>(draft.every_layer().size());
  if (blocks.size() != wanted) {
    return draft.text().error(formatted(
        "'num_hidden_layers' is {}, and the pattern of its blocks has {}", wanted, blocks.size()));
  }
  BlockLayers layers;
  for (size_t layer = 0; layer < blocks.size(); ++layer) {
    const std::string& block = blocks[layer];
    bool is_known = false;
    for (const BlockRow& row : kBlocks) {
      bool is_it = block == row.name || block == row.earlier_name ||
                   (block.size() == 1 && block[0] == row.letter);
      if (is_it && !is_known) {
        layers.of[static_cast<size_t>(row.value)].push_back(static_cast<int64_t>(layer));
        is_known = true;
      }
    }
    if (is_known) continue;
    return draft.text().error(
        formatted("layer {} is '{}'; a block is M (mamba), * (attention), - (mlp) or E (moe)",
                  layer, shown(block)));
  }
  return layers;
}

Status add_mamba(Draft& draft, const Layers& layers) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t heads, draft.heads("mamba_num_heads", "mamba heads", Role::kSsm));
  FP4JIT_ASSIGN_OR_RETURN(int64_t head_dim, draft.width("mamba_head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t groups, draft.count("n_groups"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t state, draft.width("ssm_state_size"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t width,
                          draft.product("mamba_num_heads times mamba_head_dim", heads, head_dim));
  draft.add({"mixer.in_proj", Role::kSsm, Split::kColumn, draft.hidden(),
             2 * width + 2 * groups * state + heads, 1, Input::kNormedHidden, layers});
  draft.add(
      {"mixer.out_proj", Role::kSsm, Split::kRow, width, draft.hidden(), 1, Input::kOther, layers});
  return {};
}

Status add_experts(Draft& draft, const Mixture& mixture, const Layers& layers) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t experts, draft.count(mixture.experts));
  FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.width(mixture.width));
  FP4JIT_ASSIGN_OR_RETURN(int64_t latent, draft.integer_or("moe_latent_size", 0));
  add_ungated_mlp(draft, Role::kExperts, "mixer.experts.*", latent ? latent : draft.hidden(), width,
                  layers, experts);
  FP4JIT_ASSIGN_OR_RETURN(int64_t shared, draft.width(mixture.shared_width));
  add_ungated_mlp(draft, Role::kShared, "mixer.shared_experts", draft.hidden(), shared, layers);
  if (latent == 0) return {};
  draft.add({"mixer.fc1_latent_proj", Role::kMlp, Split::kReplicated, draft.hidden(), latent, 1,
             Input::kNormedHidden, layers});
  draft.add({"mixer.fc2_latent_proj", Role::kMlp, Split::kReplicated, latent, draft.hidden(), 1,
             Input::kOther, layers});
  return {};
}

}  // namespace

Status add_nemotron_h_layers(Draft& draft, const Mixture& mixture) {
  FP4JIT_ASSIGN_OR_RETURN(BlockLayers layers, read_block_layers(draft));
  if (!layers[Block::kMamba].empty())
    FP4JIT_RETURN_IF_ERROR(add_mamba(draft, layers[Block::kMamba]));
  if (!layers[Block::kAttention].empty()) {
    FP4JIT_ASSIGN_OR_RETURN(GroupedQuery shape, read_grouped_query(draft));
    FP4JIT_RETURN_IF_ERROR(add_grouped_query(draft, shape, "mixer", layers[Block::kAttention]));
  }
  if (!layers[Block::kMlp].empty()) {
    FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.width("intermediate_size"));
    add_ungated_mlp(draft, Role::kMlp, "mixer", draft.hidden(), width, layers[Block::kMlp]);
  }
  if (layers[Block::kExperts].empty()) return {};
  return add_experts(draft, mixture, layers[Block::kExperts]);
}

}  // namespace fp4jit::model
