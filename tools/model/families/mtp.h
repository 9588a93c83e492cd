// What: the layers that predict further tokens (MTP, "next-n"), which most engines run and most
// checkpoints leave in their own precision.
// Threads: pure.
#pragma once

#include <string_view>

#include "tools/model/families/draft.h"

namespace fp4jit::model {

// Each is a layer like the model's last, and before it a projection that joins the hidden state
// with the next token's embedding. They are the layers after the last, or stand in `stem`.
void add_mtp_layers(Draft& draft, std::string_view stem);

}  // namespace fp4jit::model
