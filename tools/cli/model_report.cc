#include "tools/cli/model_report.h"

#include <algorithm>
#include <map>

#include "base/format.h"
#include "tools/model/ways_out.h"

namespace fp4jit::cli {
namespace {

using model::PlannedModule;

Json rank_width_json(const PlannedModule& planned) {
  if (planned.module.width % planned.shards != 0) return planned.rank_width();
  return planned.module.width / planned.shards;
}

Json format_json(const PlannedModule& planned) {
  return planned.format ? Json(enum_name(*planned.format)) : Json(nullptr);
}

Json module_json(const PlannedModule& planned) {
  Json json = {{"module", planned.module.pattern()},
               {"role", enum_name(planned.module.role)},
               {"width", planned.module.width},
               {"outputs", planned.module.outputs},
               {"split", enum_name(planned.module.split)},
               {"shards", planned.shards},
               {"count", planned.module.count},
               {"layers", planned.module.layers.size()},
               {"format", format_json(planned)},
               {"k", rank_width_json(planned)}};
  if (planned.format && planned.unaligned.empty()) json["k_out"] = planned.width.k_out;
  json["why"] = planned.how.empty() ? planned.why : planned.why + "; " + planned.how;
  return json;
}

Json parallel_json(const model::Parallel& parallel) {
  return {{"tp", parallel.tp},
          {"ep", parallel.ep},
          {"attn_tp", parallel.attn_tp},
          {"moe_tp", parallel.moe_tp},
          {"dense_tp", parallel.dense_tp},
          {"shared_tp", parallel.shared_tp}};
}

Json op_json(const ModelSpecs& of_op) {
  return {{"op", enum_name(of_op.op.op.op)},
          {"format", enum_name(of_op.op.format)},
          {"k", of_op.op.k},
          {"k_out", of_op.op.k_out},
          {"from", of_op.by.from},
          {"modules", of_op.by.modules},
          {"specs", of_op.texts}};
}

// The plain operators; a fused one is needed where it has a template.
Json needed_json(const ModelPlan& model) {
  Json needed = Json::array();
  for (const ModelSpecs& of_op : model.ops) {
    if (!of_op.op.is_fused || !of_op.texts.empty()) needed.push_back(op_json(of_op));
  }
  return needed;
}

Json without_template_json(const ModelPlan& model) {
  Json list = Json::array();
  for (const ModelSpecs& of_op : model.ops) {
    for (const RefusedSpec& refused : of_op.unknown) {
      list.push_back({{"spec", refused.text},
                      {"modules", of_op.by.modules},
                      {"reason", refused.status.message()}});
    }
  }
  return list;
}

Json silu_mul_json(const model::Plan& plan) {
  std::map<std::string, std::vector<int64_t>> k;
  for (const PlannedModule& planned : plan.modules) {
    bool has_width = planned.format && planned.unaligned.empty();
    if (has_width && takes_silu_mul(planned.module, plan.architecture))
      k[std::string(enum_name(*planned.format))].push_back(planned.width.k);
  }
  for (auto& [format, widths] : k) {
    std::sort(widths.begin(), widths.end());
    widths.erase(std::unique(widths.begin(), widths.end()), widths.end());
  }
  return k.empty() ? Json::object() : Json(k);
}

Json odd_widths_json(const model::Plan& plan) {
  std::map<std::string, std::vector<std::string>> modules;
  for (const PlannedModule& planned : plan.modules) {
    if (!explain_odd_width(planned).empty())
      modules[std::to_string(planned.width.k)].push_back(planned.module.pattern());
  }
  return modules.empty() ? Json::object() : Json(modules);
}

// A policy that was asked for and changes no width.
bool pads_nothing(const model::Plan& plan) {
  if (plan.request.pad_policy.value_or(model::PadPolicy::kNone) == model::PadPolicy::kNone)
    return false;
  return std::none_of(plan.modules.begin(), plan.modules.end(), [](const PlannedModule& planned) {
    return planned.format && planned.is_padded();
  });
}

// The specs of a module's plain operator, in short: "nvfp4_quantize[…]@sm_100a (+3)".
std::string specs_of(const PlannedModule& planned, const ModelPlan& model) {
  std::string pattern = planned.module.pattern();
  for (const ModelSpecs& of_op : model.ops) {
    bool is_its = !of_op.op.is_fused && of_op.op.format == planned.format &&
                  of_op.op.k == planned.width.k && of_op.op.k_out == planned.width.k_out &&
                  std::find(of_op.by.modules.begin(), of_op.by.modules.end(), pattern) !=
                      of_op.by.modules.end();
    if (!is_its || of_op.texts.empty()) continue;
    if (of_op.texts.size() == 1) return of_op.texts.front();
    return formatted("{} (+{})", of_op.texts.front(), of_op.texts.size() - 1);
  }
  return "-";
}

std::string width_text(const PlannedModule& planned) {
  if (!planned.format) return "-";
  if (!planned.unaligned.empty() || planned.width.k_out == planned.width.k)
    return planned.rank_width();
  return formatted("{}->{}", planned.rank_width(), planned.width.k_out);
}

}  // namespace

Json model_json(const ModelPlan& model) {
  const model::Plan& plan = model.plan;
  Json modules = Json::array();
  for (const PlannedModule& planned : plan.modules) modules.push_back(module_json(planned));
  Json json = {{"path", plan.path},
               {"model_type", plan.architecture.model_type},
               {"quant_source", plan.quantization_source},
               {"in", enum_name(plan.in)},
               {"activation", plan.architecture.activation},
               {"tp", plan.parallel.tp},
               {"parallel", parallel_json(plan.parallel)},
               {"needed", needed_json(model)},
               {"without_template", without_template_json(model)},
               {"silu_mul_k", silu_mul_json(plan)},
               {"pad32", odd_widths_json(plan)},
               {"mtp_layers", plan.architecture.mtp_layers},
               {"modules", modules}};
  if (plan.request.backend) json["backend"] = enum_name(*plan.request.backend);
  return json;
}

Json unaligned_json(const ModelPlan& model) {
  Json list = Json::array();
  for (const PlannedModule& planned : model.plan.modules) {
    if (planned.unaligned.empty()) continue;
    list.push_back({{"module", planned.module.pattern()},
                    {"k", rank_width_json(planned)},
                    {"format", format_json(planned)},
                    {"reason", planned.unaligned}});
  }
  return list;
}

void tell_model(const ModelPlan& model) {
  const model::Parallel& parallel = model.plan.parallel;
  std::string sizes = formatted("tp {}", parallel.tp);
  for (model::Role role :
       {model::Role::kAttention, model::Role::kExperts, model::Role::kMlp, model::Role::kShared}) {
    if (parallel.shards(role) != parallel.tp)
      sizes += formatted(", {} {}", split_flag(role).substr(2), parallel.shards(role));
  }
  print_formatted(stdout, "model {} ({}), {}, quantisation from {}\n", model.plan.path,
                  model.plan.architecture.model_type, sizes, model.plan.quantization_source);
  for (const ModelSpecs& of_op : model.ops) {
    if (of_op.texts.empty()) continue;
    std::string k = of_op.op.k_out == of_op.op.k ? std::to_string(of_op.op.k)
                                                 : formatted("{}->{}", of_op.op.k, of_op.op.k_out);
    print_formatted(stdout, "  {} k={:<6} {}\n", enum_name(of_op.op.format), k,
                    fmt::join(of_op.by.from, " "));
  }
}

void tell_modules(const ModelPlan& model) {
  size_t widest = 0;
  for (const PlannedModule& planned : model.plan.modules)
    widest = std::max(widest, planned.module.pattern().size());
  print_formatted(stdout, "{:<{}}  {:>10}  {}\n", "module", widest, "k", "spec and why");
  for (const PlannedModule& planned : model.plan.modules) {
    std::string how = planned.unaligned.empty() ? planned.how : planned.unaligned;
    print_formatted(stdout, "{:<{}}  {:>10}  {}; {}{}{}\n", planned.module.pattern(), widest,
                    width_text(planned), specs_of(planned, model), planned.why,
                    how.empty() ? "" : "; ", how);
  }
}

void tell_warnings(const ModelPlan& model) {
  if (!model.plan.architecture.warning.empty())
    complain("warning: " + model.plan.architecture.warning);
  for (const PlannedModule& planned : model.plan.modules) {
    if (!planned.unaligned.empty()) {
      complain(formatted("unaligned: {} ({}, k {}): {}", planned.module.pattern(),
                         enum_name(*planned.format), planned.rank_width(), planned.unaligned));
    } else if (std::string odd = explain_odd_width(planned); !odd.empty()) {
      complain(formatted("note: {}: {}", planned.module.pattern(), odd));
    }
  }
  if (pads_nothing(model.plan)) {
    complain(formatted("note: pad policy {} pads nothing of this plan",
                       enum_name(*model.plan.request.pad_policy)));
  }
  for (const ModelSpecs& of_op : model.ops) {
    for (const RefusedSpec& refused : of_op.unknown)
      complain(formatted("not yet: {}", refused.status.message()));
  }
}

}  // namespace fp4jit::cli
