#include "tools/cli/model_specs.h"

#include <set>

#include "spec/text.h"

namespace fp4jit::cli {
namespace {

std::string only(const std::vector<std::string>& values) {
  return values.size() == 1 ? values.front() : "";
}

// The axes of one operator. What the command line gives beats the backend.
Axes axes_of(const model::PlannedOp& op, const model::Plan& plan, Axes axes) {
  if (op.is_fused || axes.op.empty()) axes.op = {std::string(enum_name(op.op.op))};
  axes.format = {std::string(enum_name(op.format))};
  axes.k = {std::to_string(op.k)};
  if (op.k_out != op.k) axes.k_out = {std::to_string(op.k_out)};
  if (axes.in.empty()) axes.in = {std::string(enum_name(plan.in))};
  if (op.op.grouping != Grouping::kFlat) axes.grouping = {std::string(enum_name(op.op.grouping))};
  if (!plan.request.backend) return axes;
  const model::BackendRow& backend = enum_row(*plan.request.backend);
  if (axes.sf_layout.empty()) {
    for (SfLayout layout : (op.of_experts ? backend.experts : backend.dense).all())
      axes.sf_layout.emplace_back(enum_name(layout));
  }
  if (axes.numerics.empty()) axes.numerics = {std::string(enum_name(backend.numerics))};
  return axes;
}

// A plain operator without a template is the command line's fault; a fused one is listed.
Result<ModelSpecs> expand(const model::PlannedOp& op, const Axes& axes,
                          const std::vector<Target>& targets, std::set<Spec>* seen,
                          std::vector<Spec>* specs) {
  ModelSpecs of_op{op, {}, {}, {}};
  SpecList list;
  if (op.is_fused) {
    std::vector<ListedSpec> listed;
    for (const std::string& text : axes_texts(axes)) listed.push_back({text, "--fuse"});
    FP4JIT_ASSIGN_OR_RETURN(list, parse_listed(listed, targets));
  } else {
    FP4JIT_ASSIGN_OR_RETURN(list.specs, expand_axes(axes, targets));
  }
  of_op.unknown = std::move(list.refused);
  for (const Spec& spec : list.specs) {
    of_op.texts.push_back(spec_text(spec));
    if (seen->insert(spec).second) specs->push_back(spec);
  }
  return of_op;
}

}  // namespace

Result<ModelPlan> plan_model_specs(const ModelFlags& flags, Axes axes,
                                   const std::vector<Target>& targets, std::vector<Spec>* specs) {
  ModelPlan model;
  FP4JIT_ASSIGN_OR_RETURN(model::PlanRequest request,
                          plan_request(flags, only(axes.format), only(axes.in)));
  FP4JIT_ASSIGN_OR_RETURN(model.plan, model::plan_model(request));
  std::set<Spec> seen;
  for (const auto& [op, by] : model.plan.needed) {
    FP4JIT_ASSIGN_OR_RETURN(ModelSpecs of_op,
                            expand(op, axes_of(op, model.plan, axes), targets, &seen, specs));
    of_op.by = by;
    model.ops.push_back(std::move(of_op));
  }
  return model;
}

}  // namespace fp4jit::cli
