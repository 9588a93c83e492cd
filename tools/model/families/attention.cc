#include "tools/model/families/attention.h"
#include "base/format.h"

namespace fp4jit::model {

Result<int64_t> read_head_dim(const Draft& draft, int64_t heads) {
  if (draft.has("head_dim")) return draft.width("head_dim");
  if (draft.hidden() % heads == 0) return draft.hidden() / heads;
  return draft.text().error(
      formatted("'head_dim' is missing and 'hidden_size' {} is no multiple of "
                "'num_attention_heads' {}",
                draft.hidden(), heads));
}

Result<GroupedQuery> read_grouped_query(Draft& draft) {
  GroupedQuery shape;
  FP4JIT_ASSIGN_OR_RETURN(shape.heads,
                          draft.heads("num_attention_heads", "attention heads", Role::kAttention));
  shape.kv_heads = shape.heads;
  if (draft.has("num_key_value_heads")) {
    FP4JIT_ASSIGN_OR_RETURN(shape.kv_heads, draft.heads("num_key_value_heads", "key-value heads",
                                                        Role::kAttention, true));
  }
  if (shape.heads % shape.kv_heads != 0) {
    return draft.text().error(
        formatted("'num_key_value_heads' {} does not divide 'num_attention_heads' {}",
                  shape.kv_heads, shape.heads));
  }
  FP4JIT_ASSIGN_OR_RETURN(shape.head_dim, read_head_dim(draft, shape.heads));
  return shape;
}

Status add_grouped_query(Draft& draft, const GroupedQuery& shape, const std::string& parent,
                         const Layers& layers) {
  FP4JIT_ASSIGN_OR_RETURN(
      int64_t q, draft.product("num_attention_heads times head_dim", shape.heads, shape.head_dim));
  int64_t kv = shape.kv_heads * shape.head_dim;
  auto add_from_hidden = [&](const char* name, int64_t outputs) {
    draft.add({parent + "." + name, Role::kAttention, Split::kColumn, draft.hidden(), outputs, 1,
               Input::kNormedHidden, layers});
  };
  add_from_hidden("q_proj", q * shape.query_parts);
  if (shape.has_k) add_from_hidden("k_proj", kv);
  if (shape.has_v) add_from_hidden("v_proj", kv);
  draft.add({parent + ".o_proj", Role::kAttention, Split::kRow, q, draft.hidden(), 1, Input::kOther,
             layers});
  return {};
}

Status add_plain_attention(Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(GroupedQuery shape, read_grouped_query(draft));
  return add_grouped_query(draft, shape, "self_attn", draft.every_layer());
}

Status add_fused_attention(Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(GroupedQuery shape, read_grouped_query(draft));
  FP4JIT_ASSIGN_OR_RETURN(
      int64_t q, draft.product("num_attention_heads times head_dim", shape.heads, shape.head_dim));
  int64_t qkv = q + 2 * shape.kv_heads * shape.head_dim;
  draft.add({"self_attn.qkv_proj", Role::kAttention, Split::kColumn, draft.hidden(), qkv, 1,
             Input::kNormedHidden, draft.every_layer()});
  draft.add({"self_attn.o_proj", Role::kAttention, Split::kRow, q, draft.hidden(), 1, Input::kOther,
             draft.every_layer()});
  return {};
}

Status add_gemma4_attention(Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(GroupedQuery sliding, read_grouped_query(draft));
  FP4JIT_ASSIGN_OR_RETURN(auto types, draft.text_of_layers("layer_types"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t sharing, draft.integer_or("num_kv_shared_layers", 0));
  GroupedQuery full = sliding;
  FP4JIT_ASSIGN_OR_RETURN(full.head_dim, draft.width("global_head_dim"));
  bool k_is_v = draft.text().flag("attention_k_eq_v");
  if (k_is_v && draft.has("num_global_key_value_heads")) {
    FP4JIT_ASSIGN_OR_RETURN(
        full.kv_heads, draft.heads("num_global_key_value_heads",
                                   "key-value heads of full attention", Role::kAttention, true));
  }
  int64_t layers = draft.architecture().layers;
  for (int64_t layer : draft.every_layer()) {
    constexpr int64_t kPeriod = 6;       // where the file does not say: five sliding, one full
    bool is_last = layer + 1 == layers;  // which is full whatever the list says
    bool is_full =
        is_last || (types.empty() ? (layer + 1) % kPeriod == 0
                                  : types[static_cast<size_t>(layer)] != "sliding_attention");
    GroupedQuery shape = is_full ? full : sliding;
    shape.has_k = layer < layers - sharing;
    shape.has_v = shape.has_k && !(k_is_v && is_full);
    FP4JIT_RETURN_IF_ERROR(add_grouped_query(draft, shape, "self_attn", {layer}));
  }
  return {};
}

}  // namespace fp4jit::model
