// What: the layers that predict further tokens (MTP, "next-n"), which most engines run and most
// checkpoints leave in their own precision.
// Threads: pure.
#pragma once

#include <string_view>

#include "tools/model/families/draft.h"

namespace fp4jit::model {

// Each has the attention and the feed-forward block of the model's last such layers, and before
// them a projection, `join`, of the hidden state beside the next token's embedding. They are the
// layers after the last, or stand in `stem`.
void add_mtp_layers(Draft& draft, std::string_view stem, std::string_view join);

}  // namespace fp4jit::model
