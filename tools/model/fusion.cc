#include "tools/model/fusion.h"

namespace fp4jit::model {
namespace {

// Routers stand between the norm and routed experts, and want the normed state as it is.
bool takes_normed_hidden(const Module& module) {
  return module.input == Input::kNormedHidden && module.role != Role::kExperts &&
         module.role != Role::kShared;
}

}  // namespace

bool takes_silu_mul(const Module& module, const Architecture& architecture) {
  return module.input == Input::kGatedProduct && architecture.activation == "silu";
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
