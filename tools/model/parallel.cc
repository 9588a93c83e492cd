#include "tools/model/parallel.h"
#include "base/format.h"

namespace fp4jit::model {
namespace {

// Which size splits a role.
struct SplitRoleRow {
  Role value;
  std::string_view name;
  int64_t Parallel::*size;
};

constexpr SplitRoleRow kSizes[] = {
    {Role::kAttention, "--attn-tp", &Parallel::attn_tp},
    {Role::kSsm, "--attn-tp", &Parallel::attn_tp},
    {Role::kMlp, "--dense-tp", &Parallel::dense_tp},
    {Role::kShared, "--shared-tp", &Parallel::shared_tp},
    {Role::kExperts, "--moe-tp", &Parallel::moe_tp},
};

Result<int64_t> expert_split(const ParallelRequest& request) {
  if (request.moe_tp) return *request.moe_tp;
  if (request.tp % request.ep == 0) return request.tp / request.ep;
  if (request.ep % request.tp == 0) return 1;  // experts are spread over replicas too
  return Status(StatusCode::kInvalidArgument,
                formatted("--ep {} neither divides --tp {} nor is a multiple of it; say over how "
                          "many ranks one expert is split with --moe-tp",
                          request.ep, request.tp));
}

// A part of tp, what is left of it being replicas: of attention, of dense MLPs, of shared experts.
Result<int64_t> part_of_tp(Role role, std::optional<int64_t> size, int64_t tp) {
  if (tp % size.value_or(tp) == 0) return size.value_or(tp);
  return Status(StatusCode::kInvalidArgument,
                formatted("{} {} must divide --tp {}", split_flag(role), *size, tp));
}

}  // namespace

int64_t Parallel::shards(Role role) const {
  return this->*kSizes[static_cast<size_t>(role)].size;
}

std::string_view split_flag(Role role) {
  return kSizes[static_cast<size_t>(role)].name;
}

Result<Parallel> resolve_parallel(const ParallelRequest& request) {
  Parallel parallel;
  parallel.tp = request.tp;
  parallel.ep = request.ep;
  FP4JIT_ASSIGN_OR_RETURN(parallel.attn_tp,
                          part_of_tp(Role::kAttention, request.attn_tp, request.tp));
  FP4JIT_ASSIGN_OR_RETURN(parallel.dense_tp, part_of_tp(Role::kMlp, request.dense_tp, request.tp));
  FP4JIT_ASSIGN_OR_RETURN(parallel.shared_tp,
                          part_of_tp(Role::kShared, request.shared_tp, request.tp));
  FP4JIT_ASSIGN_OR_RETURN(parallel.moe_tp, expert_split(request));
  return parallel;
}

Status require_dealt_heads(const Architecture& architecture, const Parallel& parallel) {
  for (const HeadCount& heads : architecture.heads) {
    int64_t tp = parallel.shards(heads.role);
    if (heads.count % tp == 0 || (heads.repeats && tp % heads.count == 0)) continue;
    std::string_view size = tp == parallel.tp ? "tp" : split_flag(heads.role).substr(2);
    return {StatusCode::kUnsupported,
            formatted("{} {} cannot be divided over {} {}; choose a divisor{} of {}", heads.count,
                      heads.what, size, tp, heads.repeats ? " or a multiple" : "", heads.count)};
  }
  return {};
}

}  // namespace fp4jit::model
