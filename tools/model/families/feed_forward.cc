#include "tools/model/families/feed_forward.h"

#include <algorithm>
#include <iterator>

namespace fp4jit::model {
namespace {

Layers others(const Draft& draft, const Layers& layers) {
  Layers rest;
  std::set_difference(draft.every_layer().begin(), draft.every_layer().end(), layers.begin(),
                      layers.end(), std::back_inserter(rest));
  return rest;
}

template <class Predicate>
Layers layers_where(const Draft& draft, Predicate predicate) {
  Layers layers;
  std::copy_if(draft.every_layer().begin(), draft.every_layer().end(), std::back_inserter(layers),
               predicate);
  return layers;
}

Status add_shared_expert(Draft& draft, const Mixture& mixture, const Layers& layers) {
  if (!mixture.shared_width) return {};
  int64_t count = 1;
  if (mixture.shared_count) {
    FP4JIT_ASSIGN_OR_RETURN(count, draft.integer_or(mixture.shared_count, 0));
  }
  if (count == 0) return {};
  FP4JIT_ASSIGN_OR_RETURN(int64_t one, draft.width(mixture.shared_width));
  FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.product("shared experts times width", one, count));
  add_gated_mlp(draft, Role::kShared, std::string(mixture.parent) + "." + mixture.shared, width,
                layers);
  return {};
}

// The embeddings that Gemma 4 adds in each layer. A config without the key has the class's width,
// one with null has none.
Status add_per_layer_inputs(Draft& draft) {
  constexpr int64_t kMost = 1 << 20;
  if (!draft.has("hidden_size_per_layer_input")) return {};
  FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.integer("hidden_size_per_layer_input", 0, kMost));
  if (width == 0) return {};
  const Layers& layers = draft.every_layer();
  draft.add({"per_layer_input_gate", Role::kMlp, Split::kReplicated, draft.hidden(), width, 1,
             Input::kOther, layers});
  draft.add({"per_layer_projection", Role::kMlp, Split::kReplicated, width, draft.hidden(), 1,
             Input::kOther, layers});
  Module outside{
      "model.per_layer_model_projection",  Role::kMlp, Split::kReplicated, draft.hidden(),
      width * draft.architecture().layers, 1,          Input::kOther,      {0}};
  outside.stem.clear();
  draft.add(std::move(outside));
  return {};
}

}  // namespace

void add_gated_mlp(Draft& draft, Role role, const std::string& parent, int64_t width,
                   const Layers& layers, int64_t count) {
  for (const char* name : {".gate_proj", ".up_proj"}) {
    draft.add({parent + name, role, Split::kColumn, draft.hidden(), width, count,
               Input::kNormedHidden, layers});
  }
  draft.add({parent + ".down_proj", role, Split::kRow, width, draft.hidden(), count,
             Input::kGatedProduct, layers});
}

void add_ungated_mlp(Draft& draft, Role role, const std::string& parent, int64_t input,
                     int64_t width, const Layers& layers, int64_t count) {
  draft.add({parent + ".up_proj", role, Split::kColumn, input, width, count, Input::kNormedHidden,
             layers});
  draft.add({parent + ".down_proj", role, Split::kRow, width, input, count, Input::kOther, layers});
}

Status add_dense_mlp(Draft& draft, const Mixture&) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.width("intermediate_size"));
  add_gated_mlp(draft, Role::kMlp, "mlp", width, draft.every_layer());
  return {};
}

Status add_fused_mlp(Draft& draft, const Mixture&) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.width("intermediate_size"));
  draft.add({"mlp.gate_up_proj", Role::kMlp, Split::kColumn, draft.hidden(), 2 * width, 1,
             Input::kNormedHidden, draft.every_layer()});
  draft.add({"mlp.down_proj", Role::kMlp, Split::kRow, width, draft.hidden(), 1,
             Input::kGatedProduct, draft.every_layer()});
  return {};
}

Status add_mixture(Draft& draft, const Mixture& mixture) {
  FP4JIT_ASSIGN_OR_RETURN(Layers sparse, mixture.sparse(draft));
  if (!sparse.empty()) {
    FP4JIT_ASSIGN_OR_RETURN(int64_t experts, draft.count(mixture.experts));
    FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.width(mixture.width));
    add_gated_mlp(draft, Role::kExperts, std::string(mixture.parent) + ".experts.*", width, sparse,
                  experts);
    FP4JIT_RETURN_IF_ERROR(add_shared_expert(draft, mixture, sparse));
  }
  Layers dense = others(draft, sparse);
  if (dense.empty()) return {};
  FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.width(mixture.dense_width));
  add_gated_mlp(draft, Role::kMlp, mixture.parent, width, dense);
  return {};
}

Status add_gemma4_mlp(Draft& draft, const Mixture& mixture) {
  const Layers& layers = draft.every_layer();
  FP4JIT_ASSIGN_OR_RETURN(int64_t width, draft.width("intermediate_size"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t sharing, draft.integer_or("num_kv_shared_layers", 0));
  bool is_wider = draft.text().flag("use_double_wide_mlp");
  for (int64_t layer : layers) {
    bool shares = layer >= draft.architecture().layers - sharing;
    add_gated_mlp(draft, Role::kMlp, "mlp", is_wider && shares ? 2 * width : width, {layer});
  }
  if (draft.text().flag("enable_moe_block")) {
    FP4JIT_ASSIGN_OR_RETURN(int64_t experts, draft.count(mixture.experts));
    FP4JIT_ASSIGN_OR_RETURN(int64_t expert_width, draft.width(mixture.width));
    add_gated_mlp(draft, Role::kExperts, "experts.*", expert_width, layers, experts);
  }
  return add_per_layer_inputs(draft);
}

Result<Layers> all_layers(const Draft& draft) {
  return draft.every_layer();
}

Result<Layers> after_the_dense(const Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(auto types, draft.text_of_layers("mlp_layer_types"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t dense, draft.integer_or("first_k_dense_replace", 0));
  FP4JIT_ASSIGN_OR_RETURN(int64_t every, draft.integer_or("moe_layer_freq", 1));
  if (every == 0) return draft.text().error("'moe_layer_freq' must not be 0");
  return layers_where(draft, [&](int64_t layer) {
    if (!types.empty()) return types[static_cast<size_t>(layer)] == "sparse";
    return layer >= dense && layer % every == 0;
  });
}

Result<Layers> by_step(const Draft& draft) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t step, draft.integer_or("decoder_sparse_step", 1));
  if (step == 0) return draft.text().error("'decoder_sparse_step' must not be 0");
  std::vector<int64_t> dense;
  if (draft.text().has("mlp_only_layers")) {
    FP4JIT_ASSIGN_OR_RETURN(dense, draft.text().integers("mlp_only_layers"));
    std::sort(dense.begin(), dense.end());
  }
  return layers_where(draft, [&](int64_t layer) {
    return (layer + 1) % step == 0 && !std::binary_search(dense.begin(), dense.end(), layer);
  });
}

Result<Layers> interleaved(const Draft& draft) {
  std::vector<int64_t> listed;
  if (draft.text().has("moe_layers")) {
    FP4JIT_ASSIGN_OR_RETURN(listed, draft.text().integers("moe_layers"));
    std::sort(listed.begin(), listed.end());
    return layers_where(draft, [&](int64_t layer) {
      return std::binary_search(listed.begin(), listed.end(), layer);
    });
  }
  FP4JIT_ASSIGN_OR_RETURN(int64_t step, draft.integer_or("interleave_moe_layer_step", 1));
  return layers_where(draft, [&](int64_t layer) { return step > 0 && (layer + 1) % step == 0; });
}

}  // namespace fp4jit::model
