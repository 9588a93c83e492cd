#include "tools/model/plan.h"

#include <algorithm>

#include "base/format.h"
#include "tools/model/model_facts.h"
#include "tools/model/planned_modules.h"

namespace fp4jit::model {
namespace {

// Backends whose experts take the layout of all else need no kernels of their own for them.
bool experts_differ(const PlanRequest& request) {
  if (!request.backend) return false;
  const BackendRow& backend = enum_row(*request.backend);
  return backend.dense.all() != backend.experts.all();
}

void add_op(const PlannedModule& planned, FusedOp op, bool is_fused, Plan* plan) {
  bool of_experts = planned.module.role == Role::kExperts && experts_differ(plan->request);
  PlannedOp key{op, *planned.format, planned.width.k, planned.width.k_out, of_experts, is_fused};
  NeededBy& by = plan->needed[key];
  by.from.push_back(
      formatted("{}:{}", enum_name(planned.module.role), planned.module.projection()));
  by.modules.push_back(planned.module.pattern());
}

void sort_once(std::vector<std::string>* names) {
  std::sort(names->begin(), names->end());
  names->erase(std::unique(names->begin(), names->end()), names->end());
}

void add_ops(Plan* plan) {
  for (const PlannedModule& planned : plan->modules) {
    if (!planned.format || planned.width.k == 0) continue;
    add_op(planned, FusedOp{}, false, plan);
    auto fused = fused_op(planned.module, plan->architecture, plan->request.fuse);
    if (fused) add_op(planned, *fused, true, plan);
  }
  for (auto& [op, by] : plan->needed) {
    sort_once(&by.from);
    sort_once(&by.modules);
  }
}

Status require_modules(const Plan& plan, const Checkpoint& checkpoint) {
  bool any = std::any_of(plan.modules.begin(), plan.modules.end(),
                         [](const PlannedModule& planned) { return planned.format.has_value(); });
  if (any) return {};
  Status error = checkpoint.text.error("every linear layer is excluded: there is nothing to do");
  return {StatusCode::kUnsupported, error.message()};
}

}  // namespace

std::string PlannedModule::rank_width() const {
  if (module.width % shards == 0) return std::to_string(module.width / shards);
  return formatted("{}/{}", module.width, shards);
}

bool PlannedModule::is_padded() const {
  return width.k_out != width.k || rank_width() != std::to_string(width.k);
}

bool Plan::is_aligned() const {
  return std::all_of(modules.begin(), modules.end(),
                     [](const PlannedModule& planned) { return planned.unaligned.empty(); });
}

Result<Plan> plan_model(const PlanRequest& request) {
  FP4JIT_ASSIGN_OR_RETURN(ModelFacts facts, read_model(request));
  Plan plan;
  plan.path = request.path;
  plan.request = request;
  plan.quantization_source = facts.quantization.source;
  plan.parallel = facts.parallel;
  plan.in = facts.in;
  plan.modules = plan_modules(facts.architecture, facts.quantization, facts.parallel, request);
  plan.architecture = std::move(facts.architecture);
  FP4JIT_RETURN_IF_ERROR(require_modules(plan, facts.checkpoint));
  add_ops(&plan);
  return plan;
}

}  // namespace fp4jit::model
