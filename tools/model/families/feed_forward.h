// What: the feed-forward layers of the families: dense MLPs, and mixtures of experts.
// Threads: pure.
// Errors: as draft.h.
#pragma once

#include "tools/model/families/draft.h"

namespace fp4jit::model {

// How a family spells its mixture of experts: keys of config.json, and names of modules. A null key
// is one that the family does not have.
struct Mixture {
  const char* experts = nullptr;       // how many
  const char* width = nullptr;         // of an expert
  const char* shared_width = nullptr;  // of the shared expert
  const char* shared_count = nullptr;  // the shared width is so many times that
  const char* dense_width = nullptr;   // of the layers that have no experts
  const char* parent = "mlp";
  const char* shared = "shared_experts";
  Result<Layers> (*sparse)(const Draft&) = nullptr;  // the layers that have experts
};

// gate_proj, up_proj and down_proj.
void add_gated_mlp(Draft& draft, Role role, const std::string& parent, int64_t width,
                   const Layers& layers, int64_t count = 1);

// up_proj and down_proj, from `input` and back.
void add_ungated_mlp(Draft& draft, Role role, const std::string& parent, int64_t input,
                     int64_t width, const Layers& layers, int64_t count = 1);

Status add_dense_mlp(Draft& draft, const Mixture&);  // in every layer
Status add_fused_mlp(Draft& draft, const Mixture&);  // gate_up_proj and down_proj
Status add_mixture(Draft& draft, const Mixture& mixture);
Status add_gemma4_mlp(Draft& draft, const Mixture& mixture);

// Mixture::sparse.
Result<Layers> all_layers(const Draft& draft);
Result<Layers> after_the_dense(const Draft& draft);  // mlp_layer_types, first_k_dense_replace
Result<Layers> by_step(const Draft& draft);          // decoder_sparse_step, mlp_only_layers
Result<Layers> interleaved(const Draft& draft);      // moe_layers, interleave_moe_layer_step

}  // namespace fp4jit::model
