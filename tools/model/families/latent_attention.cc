// Attention whose queries, keys and values go through narrow projections.
#include "tools/model/families/attention.h"

namespace fp4jit::model {
namespace {

void add(Draft& draft, const std::string& path, Split split, int64_t width, int64_t outputs,
         const Layers& layers) {
  draft.add({path, Role::kAttention, split, width, outputs, 1, Input::kOther, layers});
}

void add_from_hidden(Draft& draft, const std::string& path, Split split, int64_t outputs,
                     const Layers& layers) {
  draft.add(
      {path, Role::kAttention, split, draft.hidden(), outputs, 1, Input::kNormedHidden, layers});
}

// Engines keep the indexer whole on every rank.
Status add_indexer(Draft& draft, const Layers& layers) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t heads, draft.count("index_n_heads"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t head_dim, draft.width("index_head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t q_rank, draft.width("q_lora_rank"));
  const std::string parent = "self_attn.indexer.";
  add(draft, parent + "wq_b", Split::kReplicated, q_rank, heads * head_dim, layers);
  add_from_hidden(draft, parent + "wk", Split::kReplicated, head_dim, layers);
  add_from_hidden(draft, parent + "weights_proj", Split::kReplicated, heads, layers);
  return {};
}

Status add_queries(Draft& draft, int64_t outputs) {
  const Layers& layers = draft.every_layer();
  if (!draft.has("q_lora_rank")) {
    add_from_hidden(draft, "self_attn.q_proj", Split::kColumn, outputs, layers);
    return {};
  }
  FP4JIT_ASSIGN_OR_RETURN(int64_t rank, draft.width("q_lora_rank"));
  add_from_hidden(draft, "self_attn.q_a_proj", Split::kReplicated, rank, layers);
  add(draft, "self_attn.q_b_proj", Split::kColumn, rank, outputs, layers);
  return {};
}

// A layer's compressor of keys and values, and its indexer where it has one.
void add_compressor(Draft& draft, int64_t head_dim, const Layers& layers) {
  for (const char* name : {"kv_proj", "gate_proj"}) {
    add_from_hidden(draft, std::string("self_attn.compressor.") + name, Split::kReplicated,
                    head_dim, layers);
  }
}

Status add_compressor_indexer(Draft& draft, const Layers& layers) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t heads, draft.count("index_n_heads"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t head_dim, draft.width("index_head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t q_rank, draft.width("q_lora_rank"));
  const std::string parent = "self_attn.compressor.indexer.";
  for (const char* name : {"kv_proj", "gate_proj"}) {
    add_from_hidden(draft, parent + name, Split::kReplicated, 2 * head_dim, layers);
  }
  add(draft, parent + "q_b_proj", Split::kReplicated, q_rank, heads * head_dim, layers);
  add_from_hidden(draft, parent + "scorer.weights_proj", Split::kReplicated, heads, layers);
  return {};
}

struct CompressedLayers {
  Layers sparse;  // a compressor and an indexer
  Layers heavy;   // a compressor alone
};

// From layer_types, else from compress_ratios (4: sparse, 128: heavy, 0: neither), else as
// transformers' class has it: two heavy layers, then heavy and sparse in turn.
Result<CompressedLayers> read_compressed_layers(const Draft& draft) {
  CompressedLayers layers;
  FP4JIT_ASSIGN_OR_RETURN(auto types, draft.text_of_layers("layer_types"));
  FP4JIT_ASSIGN_OR_RETURN(auto ratios, draft.integers_of_layers("compress_ratios"));
  for (int64_t layer : draft.every_layer()) {
    auto index = static_cast<size_t>(layer);
    bool is_sparse = layer >= 2 && layer % 2 != 0, is_heavy = !is_sparse;
    if (!types.empty()) {
      is_sparse = types[index] == "compressed_sparse_attention";
      is_heavy = types[index] == "heavily_compressed_attention";
    } else if (!ratios.empty()) {
      is_sparse = ratios[index] == 4;
      is_heavy = ratios[index] == 128;
    }
    if (is_sparse) layers.sparse.push_back(layer);
    if (is_heavy) layers.heavy.push_back(layer);
  }
  return layers;
}

}  // namespace

Status add_latent_attention(Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t heads,
                          draft.heads("num_attention_heads", "attention heads", Role::kAttention));
  FP4JIT_ASSIGN_OR_RETURN(int64_t nope, draft.width("qk_nope_head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t rope, draft.width("qk_rope_head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t value, draft.width("v_head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t kv_rank, draft.width("kv_lora_rank"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t output,
                          draft.product("num_attention_heads times v_head_dim", heads, value));
  const Layers& layers = draft.every_layer();
  FP4JIT_RETURN_IF_ERROR(add_queries(draft, heads * (nope + rope)));
  add_from_hidden(draft, "self_attn.kv_a_proj_with_mqa", Split::kReplicated, kv_rank + rope,
                  layers);
  add(draft, "self_attn.kv_b_proj", Split::kColumn, kv_rank, heads * (nope + value), layers);
  add(draft, "self_attn.o_proj", Split::kRow, output, draft.hidden(), layers);
  return {};
}

Status add_sparse_latent_attention(Draft& draft) {
  FP4JIT_RETURN_IF_ERROR(add_latent_attention(draft));
  FP4JIT_ASSIGN_OR_RETURN(auto types, draft.text_of_layers("indexer_types"));
  Layers own;  // the others use an earlier layer's choice
  for (int64_t layer : draft.every_layer()) {
    if (types.empty() || types[static_cast<size_t>(layer)] != "shared") own.push_back(layer);
  }
  return add_indexer(draft, own);
}

Status add_grouped_latent_attention(Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t heads,
                          draft.heads("num_attention_heads", "attention heads", Role::kAttention));
  FP4JIT_ASSIGN_OR_RETURN(int64_t groups,
                          draft.heads("o_groups", "output groups", Role::kAttention));
  FP4JIT_ASSIGN_OR_RETURN(int64_t head_dim, draft.width("head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t rank, draft.width("o_lora_rank"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t q,
                          draft.product("num_attention_heads times head_dim", heads, head_dim));
  FP4JIT_ASSIGN_OR_RETURN(int64_t narrow,
                          draft.product("o_groups times o_lora_rank", groups, rank));
  if (heads % groups != 0)
    return draft.text().error("'o_groups' must divide 'num_attention_heads'");
  const Layers& layers = draft.every_layer();
  FP4JIT_RETURN_IF_ERROR(add_queries(draft, q));
  add_from_hidden(draft, "self_attn.kv_proj", Split::kReplicated, head_dim, layers);
  // Ranks get whole groups, each of which has this input.
  add(draft, "self_attn.o_a_proj", Split::kColumn, q / groups, narrow, layers);
  add(draft, "self_attn.o_b_proj", Split::kRow, narrow, draft.hidden(), layers);
  FP4JIT_ASSIGN_OR_RETURN(CompressedLayers compressed, read_compressed_layers(draft));
  add_compressor(draft, 2 * head_dim, compressed.sparse);
  add_compressor(draft, head_dim, compressed.heavy);
  if (compressed.sparse.empty()) return {};
  return add_compressor_indexer(draft, compressed.sparse);
}

}  // namespace fp4jit::model
