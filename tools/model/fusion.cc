#include "tools/model/fusion.h"

namespace fp4jit::model {
namespace {

// The projections of attention and of an MLP that begin their block.
bool takes_normed_hidden(const Module& module) {
  bool begins = module.split == Split::kColumn;
  return begins && (module.role == Role::kAttention || module.role == Role::kMlp);
}

}  // namespace

bool takes_silu_mul(const Module& module, const Architecture& architecture) {
  return module.gated && architecture.activation == "silu";
}

std::optional<FusedOp> fused_op(const Module& module, const Architecture& architecture, Fuse fuse) {
  const FuseRow& row = enum_row(fuse);
  FusedOp fused;
  if (row.silu_mul && takes_silu_mul(module, architecture)) fused.op = Op::kSiluMulQuantize;
  if (row.add_rmsnorm && takes_normed_hidden(module)) fused.op = Op::kAddRmsnormQuantize;
  if (row.experts && module.role == Role::kExperts) fused.grouping = *row.experts;
  if (fused.op == Op::kQuantize && fused.grouping == Grouping::kFlat) return std::nullopt;
  return fused;
}

}  // namespace fp4jit::model
