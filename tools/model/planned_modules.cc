#include "tools/model/planned_modules.h"

#include <algorithm>

#include "base/format.h"
#include "tools/model/ways_out.h"

namespace fp4jit::model {
namespace {

// What is planned alike.
using Kind = std::pair<std::optional<Format>, bool>;  // the format, and whether weights are MXFP4

struct LayersOfKind {
  Decision decision;  // of the first layer
  Layers layers;
};

size_t count_kinds(const Quantization& quantization) {
  std::vector<Kind> kinds;
  for (const Scheme& scheme : quantization.schemes) {
    if (scheme.format) kinds.emplace_back(scheme.format, scheme.mxfp4_weights);
  }
  std::sort(kinds.begin(), kinds.end());
  return static_cast<size_t>(std::unique(kinds.begin(), kinds.end()) - kinds.begin());
}

// One module class may be quantised in some layers only, and one expert otherwise than the next. A
// layer's further experts are asked only while they could tell something new.
class Sorter {
 public:
  explicit Sorter(const Quantization& quantization)
      : quantization_(quantization),
        asks_experts_(quantization.names_experts()),
        most_kinds_(count_kinds(quantization)) {}

  std::map<Kind, LayersOfKind> sort(const Module& module) const {
    std::map<Kind, LayersOfKind> sorted;
    for (int64_t layer : module.layers) sort_layer(module, layer, &sorted);
    return sorted;
  }

 private:
  void sort_layer(const Module& module, int64_t layer, std::map<Kind, LayersOfKind>* sorted) const {
    std::map<Kind, Decision> found;
    size_t quantised = 0;
    int64_t experts = asks_experts_ ? module.count : 1;
    for (int64_t expert = 0; expert < experts && quantised < most_kinds_; ++expert) {
      Decision decision = quantization_.decide(name_module(module, layer, expert));
      Kind kind{decision.format, decision.mxfp4_weights};
      if (found.emplace(kind, std::move(decision)).second && kind.first) ++quantised;
    }
    // Experts that are left out of the list say nothing where others are in it.
    if (quantised > 0) found.erase(Kind{});
    for (auto& [kind, decision] : found) {
      LayersOfKind& of_kind = (*sorted)[kind];
      if (of_kind.layers.empty()) of_kind.decision = std::move(decision);
      of_kind.layers.push_back(layer);
    }
  }

  const Quantization& quantization_;
  bool asks_experts_;
  size_t most_kinds_;
};

PadPolicy policy_for(const Decision& decision, const PlanRequest& request) {
  if (request.pad_policy) return *request.pad_policy;
  if (!request.backend) return PadPolicy::kNone;
  const BackendPadding& padding = enum_row(*request.backend).padding;
  if (decision.mxfp4_weights) return padding.mxfp4;
  return decision.format == Format::kNvfp4 ? padding.nvfp4 : padding.mxfp8;
}

std::string describe_width(const PlannedModule& planned) {
  std::string text = std::to_string(planned.module.width);
  if (planned.shards > 1)
    text =
        formatted("{} over {} ranks ({})", text, planned.shards, split_flag(planned.module.role));
  if (planned.is_padded())
    text += formatted(", padded to {} by {}", planned.width.k_out, enum_name(planned.pad_policy));
  return text;
}

PlannedModule plan_decided(const Module& module, const Decision& decision, const Parallel& parallel,
                           const PlanRequest& request) {
  PlannedModule planned;
  planned.module = module;
  planned.format = decision.format;
  planned.shards = module.split == Split::kRow ? parallel.shards(module.role) : 1;
  planned.why = decision.reason;
  if (!decision.format) return planned;
  planned.pad_policy = policy_for(decision, request);
  planned.width =
      pad_width(module, planned.shards, planned.pad_policy, enum_row(*decision.format).sf_vec_size);
  if (planned.width.k == 0) {
    planned.unaligned = explain_unaligned(planned, parallel.tp);
  } else {
    planned.how = describe_width(planned);
  }
  return planned;
}

}  // namespace

std::vector<PlannedModule> plan_modules(const Architecture& architecture,
                                        const Quantization& quantization, const Parallel& parallel,
                                        const PlanRequest& request) {
  Sorter sorter(quantization);
  std::vector<PlannedModule> planned;
  for (const Module& module : architecture.modules) {
    for (auto& [kind, of_kind] : sorter.sort(module)) {
      Module some = module;
      some.layers = std::move(of_kind.layers);
      planned.push_back(plan_decided(some, of_kind.decision, parallel, request));
    }
  }
  return planned;
}

PlannedModule plan_module(const Module& module, int64_t layer, int64_t expert,
                          const Quantization& quantization, const Parallel& parallel,
                          const PlanRequest& request) {
  Module one = module;
  one.layers = {layer};
  Decision decision = quantization.decide(name_module(module, layer, expert));
  return plan_decided(one, decision, parallel, request);
}

}  // namespace fp4jit::model
