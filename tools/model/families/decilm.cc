
#include <algorithm>

#include "base/format.h"
#include "base/round.h"
#include "tools/model/families/attention.h"
#include "tools/model/families/hybrid.h"

namespace fp4jit::model {
namespace {

// The MLP's width of one block: as such, or as a factor of 2/3 of hidden_size, rounded up to 256,
// which is how the model's own code computes it.
Result<int64_t> read_block_width(const Draft& draft, const JsonObject& ffn) {
  if (ffn.has("intermediate_size")) return ffn.integer("intermediate_size", 1, kWidest);
  constexpr int64_t kMultiple = 256;
  FP4JIT_ASSIGN_OR_RETURN(double factor, ffn.number("ffn_mult", 0.001, 100));
  auto width = static_cast<int64_t>(2 * factor * static_cast<double>(draft.hidden()) / 3);
  return draft.product("ffn_mult", std::max<int64_t>(1, ceil_div(width, kMultiple)), kMultiple);
}

// In this block alone; splits must respect each number of them that there is.
Result<int64_t> read_block_kv_heads(Draft& draft, const JsonObject& block, int64_t heads) {
  int64_t kv_heads = 0;
  if (block.has("n_heads_in_group")) {
    FP4JIT_ASSIGN_OR_RETURN(int64_t in_group, block.integer("n_heads_in_group", 1, heads));
    if (heads % in_group != 0)
      return block.error("'n_heads_in_group' must divide 'num_attention_heads'");
    kv_heads = heads / in_group;
  } else {
    FP4JIT_ASSIGN_OR_RETURN(kv_heads, block.integer("num_key_value_heads", 1, heads));
  }
  draft.add_heads({"key-value heads", kv_heads, Role::kAttention, true});
  return kv_heads;
}

// One linear layer in place of a block.
void add_replacement(Draft& draft, const char* path, Role role, int64_t layer) {
  draft.add({path,
             role,
             Split::kReplicated,
             draft.hidden(),
             draft.hidden(),
             1,
             Input::kNormedHidden,
             {layer}});
}

Status add_block_attention(Draft& draft, const JsonObject& block, GroupedQuery shape,
                           int64_t layer) {
  if (block.flag("no_op")) return {};
  if (block.flag("replace_with_linear")) {
    add_replacement(draft, "self_attn.linear_attn", Role::kAttention, layer);
    return {};
  }
  FP4JIT_ASSIGN_OR_RETURN(shape.kv_heads, read_block_kv_heads(draft, block, shape.heads));
  return add_grouped_query(draft, shape, "self_attn", {layer});
}

Status add_block_mlp(Draft& draft, const JsonObject& block, int64_t layer) {
  if (block.flag("no_op")) return {};
  if (block.flag("replace_with_linear")) {
    add_replacement(draft, "mlp.linear_mlp", Role::kMlp, layer);
    return {};
  }
  FP4JIT_ASSIGN_OR_RETURN(int64_t width, read_block_width(draft, block));
  add_gated_mlp(draft, Role::kMlp, "mlp", width, {layer});
  return {};
}

}  // namespace

Status add_decilm_layers(Draft& draft, const Mixture&) {
  GroupedQuery shape;
  FP4JIT_ASSIGN_OR_RETURN(shape.heads,
                          draft.heads("num_attention_heads", "attention heads", Role::kAttention));
  FP4JIT_ASSIGN_OR_RETURN(shape.head_dim, read_head_dim(draft, shape.heads));
  FP4JIT_ASSIGN_OR_RETURN(std::vector<JsonObject> blocks, draft.text().list("block_configs"));
  if (blocks.size() != draft.every_layer().size()) {
    return draft.text().error(
        formatted("'block_configs' has {} entries, and "
                  "'num_hidden_layers' is {}",
                  blocks.size(), draft.every_layer().size()));
  }
  for (int64_t layer : draft.every_layer()) {
    const JsonObject& block = blocks[static_cast<size_t>(layer)];
    FP4JIT_ASSIGN_OR_RETURN(JsonObject attention, block.object("attention"));
    FP4JIT_RETURN_IF_ERROR(add_block_attention(draft, attention, shape, layer));
    FP4JIT_ASSIGN_OR_RETURN(JsonObject ffn, block.object("ffn"));
    FP4JIT_RETURN_IF_ERROR(add_block_mlp(draft, ffn, layer));
  }
  return {};
}

}  // namespace fp4jit::model
