#include "tools/model/padding.h"

#include "base/round.h"

namespace fp4jit::model {
namespace {

int64_t multiple_for(const Module& module, const PadPolicyRow& policy) {
  if (policy.every != 0 || module.role != Role::kExperts) return policy.every;
  if (module.split == Split::kColumn) return policy.expert_input;
  return module.input == Input::kGatedProduct ? policy.gated_expert : policy.ungated_expert;
}

}  // namespace

PaddedWidth pad_width(const Module& module, int64_t shards, PadPolicy policy, int sf_vec_size) {
  const PadPolicyRow& row = enum_row(policy);
  int64_t multiple = multiple_for(module, row);
  int64_t of_rank = ceil_div(module.width, shards);
  bool is_whole = module.width % shards == 0 && of_rank % sf_vec_size == 0;
  int64_t padded = multiple == 0 ? of_rank : round_up(of_rank, multiple);
  if (is_whole) return {of_rank, padded};
  if (!row.pads_before_split || multiple == 0) return {};
  return {padded, padded};
}

}  // namespace fp4jit::model
