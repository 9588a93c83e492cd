// What: how many ranks each kind of module is split over.
// Threads: pure.
// Errors: kInvalidArgument for sizes that contradict one another; kUnsupported for heads that
// cannot be dealt out.
#pragma once

#include <optional>

#include "base/status.h"
#include "tools/model/module.h"

namespace fp4jit::model {

// The flags of the same names; what is not given follows from the others.
struct ParallelRequest {
  int64_t tp = 1;
  int64_t ep = 1;                         // expert-parallel size
  std::optional<int64_t> attn_tp = {};    // tp; what is left of it under data-parallel attention
  std::optional<int64_t> moe_tp = {};     // tp/ep: what is left of tp inside an expert
  std::optional<int64_t> dense_tp = {};   // tp
  std::optional<int64_t> shared_tp = {};  // tp; 1 where each rank has the shared experts whole
};

struct Parallel {
  int64_t tp = 1, ep = 1, attn_tp = 1, moe_tp = 1, dense_tp = 1, shared_tp = 1;

  int64_t shards(Role role) const;
};

// The flag that sets a role's size: "--moe-tp".
std::string_view split_flag(Role role);

Result<Parallel> resolve_parallel(const ParallelRequest& request);

// Whether every head count of the model can be dealt out.
Status require_dealt_heads(const Architecture& architecture, const Parallel& parallel);

}  // namespace fp4jit::model
