#include "tools/model/explain.h"

#include <algorithm>

#include "base/format.h"
#include "base/nearest.h"
#include "tools/model/model_facts.h"
#include "tools/model/planned_modules.h"
#include "tools/model/ways_out.h"

namespace fp4jit::model {
namespace {

// A name with its numbers taken out: "model.layers.*.mlp.experts.*.down_proj", layer 3, expert 7.
struct AskedName {
  std::string pattern;
  std::optional<int64_t> layer, expert;
};

AskedName parse_name(const std::string& name) {
  AskedName asked;
  std::string before, rest = normalized_name(name);
  while (true) {
    size_t dot = rest.find('.');
    std::string part = rest.substr(0, dot);
    bool is_index = is_number(part);
    if (is_index) (before == "experts" ? asked.expert : asked.layer) = std::stoll(part);
    asked.pattern += (asked.pattern.empty() ? "" : ".") + (is_index ? "*" : part);
    before = part;
    if (dot == std::string::npos) return asked;
    rest = rest.substr(dot + 1);
  }
}

// Whether `end` is `pattern`, or its last components.
bool ends_pattern(const std::string& pattern, const std::string& end) {
  return pattern == end || pattern.ends_with("." + end);
}

bool is_meant(const Module& module, const AskedName& asked) {
  if (asked.layer && !std::binary_search(module.layers.begin(), module.layers.end(), *asked.layer))
    return false;
  if (asked.expert && *asked.expert >= module.count) return false;
  Module published = module;
  published.path = module.published;
  return ends_pattern(module.pattern(), asked.pattern) ||
         (!module.published.empty() && ends_pattern(published.pattern(), asked.pattern));
}

// "3-60" or "0-2, 5".
std::string layers_text(const Layers& layers) {
  std::string text;
  for (size_t first = 0; first < layers.size();) {
    size_t last = first;
    while (last + 1 < layers.size() && layers[last + 1] == layers[last] + 1) ++last;
    if (!text.empty()) text += ", ";
    text += last == first ? std::to_string(layers[first])
                          : formatted("{}-{}", layers[first], layers[last]);
    first = last + 1;
  }
  return text;
}

std::string describe_split(const PlannedModule& planned) {
  const Module& module = planned.module;
  if (module.split != Split::kRow)
    return formatted("{}: every rank has the whole input", enum_name(module.split));
  return formatted("row-parallel: its input is divided over {} ranks by {}: {}", planned.shards,
                   split_flag(module.role), planned.rank_width());
}

std::string describe_padding(const PlannedModule& planned) {
  const PaddedWidth& width = planned.width;
  const PadPolicyRow& policy = enum_row(planned.pad_policy);
  if (!planned.is_padded())
    return formatted("k {}, k_out the same: pad policy {} adds nothing", width.k, policy.name);
  return formatted("k {}, k_out {}: pad policy {} ({})", width.k, width.k_out, policy.name,
                   policy.source);
}

Explanation explain(const PlannedModule& planned, const std::string& source) {
  const Module& module = planned.module;
  Explanation explanation;
  explanation.name = module.pattern();
  explanation.rank_width = planned.rank_width();
  explanation.k_out = planned.width.k_out;
  std::vector<std::string>& lines = explanation.lines;
  std::string each = module.count > 1 ? formatted(", {} in each", module.count) : "";
  lines.push_back(formatted("{}: {} to {}, in layers {}{}", enum_name(module.role), module.width,
                            module.outputs, layers_text(module.layers), each));
  lines.push_back(describe_split(planned));
  if (!planned.format) {
    lines.push_back(formatted("no kernel: {} ({})", planned.why, source));
    return explanation;
  }
  explanation.format = enum_name(*planned.format);
  lines.push_back(formatted("{}: {} ({})", explanation.format, planned.why, source));
  lines.push_back(planned.unaligned.empty() ? describe_padding(planned)
                                            : "no kernel: " + planned.unaligned);
  if (std::string odd = explain_odd_width(planned); !odd.empty()) lines.push_back(odd);
  return explanation;
}

// What models have besides, and never quantise the input of.
bool is_not_counted(const std::string& pattern) {
  constexpr std::string_view kNames[] = {"lm_head", "embed_tokens", "gate", "router",
                                         "shared_expert_gate"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&pattern](std::string_view name) {
    return ends_pattern(pattern, std::string(name));
  });
}

Status no_such_module(const ModelFacts& facts, const std::string& name) {
  if (is_not_counted(parse_name(name).pattern)) {
    return {StatusCode::kUnsupported,
            formatted("'{}': nobody quantises the input of lm_head, embeddings and routers: it "
                      "needs no kernel",
                      name)};
  }
  std::vector<std::string> patterns;
  for (const Module& module : facts.architecture.modules) patterns.push_back(module.pattern());
  std::vector<std::string_view> known(patterns.begin(), patterns.end());
  return {StatusCode::kInvalidArgument,
          formatted("no module is named '{}'; the model's {} layers have {}{}", name,
                    facts.architecture.layers, fmt::join(known, ", "), did_you_mean(name, known))};
}

}  // namespace

Result<std::vector<Explanation>> explain_module(const PlanRequest& request,
                                                const std::string& name) {
  FP4JIT_ASSIGN_OR_RETURN(ModelFacts facts, read_model(request));
  AskedName asked = parse_name(name);
  std::vector<Explanation> explanations;
  for (const Module& module : facts.architecture.modules) {
    if (!is_meant(module, asked)) continue;
    if (asked.layer) {
      PlannedModule planned = plan_module(module, *asked.layer, asked.expert.value_or(0),
                                          facts.quantization, facts.parallel, request);
      explanations.push_back(explain(planned, facts.quantization.source));
      explanations.back().name = name;
      continue;
    }
    Architecture one;
    one.modules = {module};
    for (const PlannedModule& planned :
         plan_modules(one, facts.quantization, facts.parallel, request))
      explanations.push_back(explain(planned, facts.quantization.source));
  }
  if (explanations.empty()) return no_such_module(facts, name);
  return explanations;
}

}  // namespace fp4jit::model
