// What: families whose layers are of several kinds: linear attention or Mamba beside attention, and
// blocks that a search has cut down one by one.
// Threads: pure.
// Errors: as draft.h.
#pragma once

#include "tools/model/families/feed_forward.h"

namespace fp4jit::model {

// Qwen3-Next and Qwen3.5: gated delta-net layers, and every few layers one of full attention with
// an output gate. The two fuse the delta-net's input projections differently.
Status add_qwen3_next_attention(Draft& draft);
Status add_qwen3_5_attention(Draft& draft);

// Nemotron-H: a layer is one of Mamba, attention, MLP and experts, as a pattern says.
Status add_nemotron_h_layers(Draft& draft, const Mixture& mixture);

// Nemotron-NAS (DeciLM): each block says its widths, or that it has no attention or no MLP.
Status add_decilm_layers(Draft& draft, const Mixture& mixture);

// Where the attention stands with the feed-forward layers.
inline Status add_no_attention(Draft&) {
  return {};
}

}  // namespace fp4jit::model
