// What: the attention layers of the families, as functions that add a layer kind's modules.
// Threads: pure.
// Errors: as draft.h.
#pragma once

#include "tools/model/families/draft.h"

namespace fp4jit::model {

// One layer kind's heads, for families whose layers differ.
struct GroupedQuery {
  int64_t heads = 0;
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  bool has_k = true;
  bool has_v = true;
  int64_t query_parts = 1;  // 2: the query projection also makes the output's gate
};

// head_dim, or hidden_size/num_attention_heads where the file leaves it out.
Result<int64_t> read_head_dim(const Draft& draft, int64_t heads);

Result<GroupedQuery> read_grouped_query(Draft& draft);

// Under `parent` ("self_attn", "mixer"), in these layers.
Status add_grouped_query(Draft& draft, const GroupedQuery& shape, const std::string& parent,
                         const Layers& layers);

// Each in every layer.
Status add_plain_attention(Draft& draft);           // q_proj, k_proj, v_proj, o_proj
Status add_fused_attention(Draft& draft);           // qkv_proj, o_proj
Status add_latent_attention(Draft& draft);          // MLA: low-rank queries, keys and values
Status add_sparse_latent_attention(Draft& draft);   // the same with an indexer
Status add_grouped_latent_attention(Draft& draft);  // DeepSeek-V4: the output low-rank in groups
Status add_gemma4_attention(Draft& draft);  // two kinds of layers with heads of their own width

}  // namespace fp4jit::model
