#include "tools/model/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "spec/spec.h"
#include "tools/model/config.h"
#include "tools/model/families.h"
#include "tools/model/quantization.h"

namespace fp4jit::model {
namespace {

// One module class may be quantised in some layers only: the union counts.
std::set<Format> formats_of(const Module& module, int64_t layers,
                            const Quantization& quantization) {
  std::set<Format> formats;
  for (int64_t layer = 0; layer < layers; ++layer) {
    if (auto format = quantization.format_of(module.name(layer))) formats.insert(*format);
  }
  return formats;
}

Status require_divided_heads(const Architecture& architecture, const JsonObject& text, int64_t tp) {
  if (architecture.attention_heads % tp == 0) return {};
  Status error = text.error(
      fmt::format("{} attention heads cannot be divided over tp {}; choose a divisor of {}",
                  architecture.attention_heads, tp, architecture.attention_heads));
  return {StatusCode::kUnsupported, error.message()};
}

using NeededBy = std::map<std::pair<Format, int64_t>, std::set<std::string>>;

void place(const Module& module, Format format, int64_t tp, NeededBy* needed, Plan* plan) {
  UnalignedModule unaligned{module.pattern, format, module.width, module.row_parallel ? tp : 1, ""};
  if (!unaligned.divides()) {
    unaligned.reason = fmt::format("its width {} cannot be divided over tp {}", module.width, tp);
  } else {
    int64_t k = module.width / unaligned.tp;
    Status aligned = validate_k(format, k);
    if (aligned.ok()) {
      (*needed)[{format, k}].insert(fmt::format("{}:{}", module.role, module.projection()));
      return;
    }
    unaligned.reason = aligned.message();
  }
  plan->unaligned.push_back(std::move(unaligned));
}

}  // namespace

Result<Plan> plan_model(const PlanRequest& request) {
  FP4JIT_ASSIGN_OR_RETURN(Checkpoint checkpoint, read_checkpoint(request.path));
  FP4JIT_ASSIGN_OR_RETURN(Quantization quantization, read_quantization(checkpoint, request.format));
  FP4JIT_ASSIGN_OR_RETURN(Architecture architecture, read_architecture(checkpoint.text));
  FP4JIT_RETURN_IF_ERROR(require_divided_heads(architecture, checkpoint.text, request.tp));
  Plan plan{
      architecture.model_type, quantization.source, request.in.value_or(Dtype::kBf16), {}, {}};
  if (!request.in) {
    FP4JIT_ASSIGN_OR_RETURN(plan.in, activation_dtype(checkpoint.text));
  }
  NeededBy needed;
  for (const Module& module : architecture.modules) {
    for (Format format : formats_of(module, architecture.layers, quantization)) {
      place(module, format, request.tp, &needed, &plan);
    }
  }
  for (auto& [key, from] : needed) {
    plan.needed.push_back({key.first, key.second, {from.begin(), from.end()}});
  }
  if (plan.needed.empty() && plan.unaligned.empty()) {
    Status error =
        checkpoint.quantization->error("every linear layer is excluded: there is nothing to do");
    return Status(StatusCode::kUnsupported, error.message());
  }
  return plan;
}

}  // namespace fp4jit::model
