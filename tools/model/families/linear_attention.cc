#include <algorithm>

#include "tools/model/families/attention.h"
#include "tools/model/families/hybrid.h"

namespace fp4jit::model {
namespace {

// A gated delta-net's heads.
struct DeltaNet {
  int64_t keys = 0;    // width of all key heads
  int64_t values = 0;  // width of all value heads
  int64_t value_heads = 0;
};

struct Projection {
  const char* name;
  int64_t outputs;
};

Result<DeltaNet> read_delta_net(Draft& draft) {
  DeltaNet net;
  FP4JIT_ASSIGN_OR_RETURN(int64_t key_heads, draft.heads("linear_num_key_heads",
                                                         "linear-attention key heads", Role::kSsm));
  FP4JIT_ASSIGN_OR_RETURN(int64_t key_dim, draft.width("linear_key_head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(net.value_heads, draft.heads("linear_num_value_heads",
                                                       "linear-attention value heads", Role::kSsm));
  FP4JIT_ASSIGN_OR_RETURN(int64_t value_dim, draft.width("linear_value_head_dim"));
  FP4JIT_ASSIGN_OR_RETURN(net.keys, draft.product("linear_num_key_heads times linear_key_head_dim",
                                                  key_heads, key_dim));
  FP4JIT_ASSIGN_OR_RETURN(net.values,
                          draft.product("linear_num_value_heads times linear_value_head_dim",
                                        net.value_heads, value_dim));
  return net;
}

// layer_types, else every full_attention_interval-th layer is one of full attention.
Result<Layers> full_attention_layers(const Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(auto types, draft.text_of_layers("layer_types"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t interval, draft.integer_or("full_attention_interval", 4));
  if (interval == 0) return draft.text().error("'full_attention_interval' must not be 0");
  Layers full;
  for (int64_t layer : draft.every_layer()) {
    bool is_full = types.empty() ? (layer + 1) % interval == 0
                                 : types[static_cast<size_t>(layer)] == "full_attention";
    if (is_full) full.push_back(layer);
  }
  return full;
}

Status add_delta_nets(Draft& draft, const DeltaNet& net, const std::vector<Projection>& inputs) {
  FP4JIT_ASSIGN_OR_RETURN(Layers full, full_attention_layers(draft));
  Layers linear;
  for (int64_t layer : draft.every_layer()) {
    if (std::find(full.begin(), full.end(), layer) == full.end()) linear.push_back(layer);
  }
  for (const Projection& input : inputs) {
    draft.add({std::string("linear_attn.") + input.name, Role::kSsm, Split::kColumn, draft.hidden(),
               input.outputs, 1, Input::kNormedHidden, linear});
  }
  draft.add({"linear_attn.out_proj", Role::kSsm, Split::kRow, net.values, draft.hidden(), 1,
             Input::kOther, linear});
  FP4JIT_ASSIGN_OR_RETURN(GroupedQuery shape, read_grouped_query(draft));
  shape.query_parts = 2;
  return add_grouped_query(draft, shape, "self_attn", full);
}

}  // namespace

Status add_qwen3_next_attention(Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(DeltaNet net, read_delta_net(draft));
  return add_delta_nets(
      draft, net,
      {{"in_proj_qkvz", 2 * net.keys + 2 * net.values}, {"in_proj_ba", 2 * net.value_heads}});
}

Status add_qwen3_5_attention(Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(DeltaNet net, read_delta_net(draft));
  return add_delta_nets(draft, net,
                        {{"in_proj_qkv", 2 * net.keys + net.values},
                         {"in_proj_z", net.values},
                         {"in_proj_b", net.value_heads},
                         {"in_proj_a", net.value_heads}});
}

}  // namespace fp4jit::model
