#include "tools/cli/model_flags.h"

#include <CLI/CLI.hpp>

#include "tools/cli/choice.h"
#include "tools/model/families/families.h"

namespace fp4jit::cli {
namespace {

constexpr int kMostRanks = 1 << 16;  // beyond it a number is a typing error

template <class Number>
void add_size(CLI::App* verb, CLI::Option* model, const char* flag, Number* size,
              const char* help) {
  verb->add_option(flag, *size, help)
      ->check(CLI::Range(1, kMostRanks))
      ->type_name("N")
      ->needs(model)
      ->group("Of a model");
}

void add_choice(CLI::App* verb, CLI::Option* model, const char* flag, std::string* value,
                const std::string& help) {
  verb->add_option(flag, *value, help)->type_name("NAME")->needs(model)->group("Of a model");
}

}  // namespace

CLI::Option* add_model_flags(CLI::App* verb, ModelFlags* flags, Need need) {
  CLI::Option* model =
      verb->add_option("--model", flags->path, "a model's folder or its config.json")
          ->type_name("PATH")
          ->required(need == Need::kRequired);
  model::ParallelRequest* sizes = &flags->parallel;
  add_size(verb, model, "--tp", &sizes->tp, "tensor-parallel size; 1 when left out");
  add_size(verb, model, "--ep", &sizes->ep, "expert-parallel size; 1 when left out");
  add_size(verb, model, "--attn-tp", &sizes->attn_tp,
           "of attention; tp when left out; give 1 under data-parallel attention");
  add_size(verb, model, "--moe-tp", &sizes->moe_tp, "of one expert; tp/ep when left out");
  add_size(verb, model, "--dense-tp", &sizes->dense_tp, "of dense MLPs; tp when left out");
  add_size(verb, model, "--shared-tp", &sizes->shared_tp,
           "of shared experts; tp when left out; give 1 where each rank has them whole");
  add_choice(
      verb, model, "--backend", &flags->backend,
      "GEMM backend, which sets layouts, numerics and padding: " + enum_names<model::Backend>());
  add_choice(verb, model, "--pad-policy", &flags->pad_policy,
             "widths that GEMMs want: " + enum_names<model::PadPolicy>() +
                 "; the backend's when left out");
  add_choice(verb, model, "--fuse", &flags->fuse,
             "the engine whose fused operators to plan: " + enum_names<model::Fuse>());
  add_choice(verb, model, "--assume", &flags->assume,
             "how to read an unknown architecture: " + std::string(model::kAssumeLlamaLike));
  verb->add_flag("--mtp", flags->mtp, "the layers that predict further tokens too")
      ->needs(model)
      ->group("Of a model");
  return model;
}

Result<model::PlanRequest> plan_request(const ModelFlags& flags, const std::string& format,
                                        const std::string& in) {
  model::PlanRequest request;
  request.path = flags.path;
  request.parallel = flags.parallel;
  request.mtp = flags.mtp;
  FP4JIT_ASSIGN_OR_RETURN(request.format, parse_choice<Format>("--format", format));
  FP4JIT_ASSIGN_OR_RETURN(request.in, parse_choice<Dtype>("--in", in));
  FP4JIT_ASSIGN_OR_RETURN(request.backend,
                          parse_choice<model::Backend>("--backend", flags.backend));
  FP4JIT_ASSIGN_OR_RETURN(request.pad_policy,
                          parse_choice<model::PadPolicy>("--pad-policy", flags.pad_policy));
  FP4JIT_ASSIGN_OR_RETURN(auto fuse, parse_choice<model::Fuse>("--fuse", flags.fuse));
  request.fuse = fuse.value_or(model::Fuse::kNone);
  request.assume = flags.assume == model::kAssumeLlamaLike;
  if (request.assume || flags.assume.empty()) return request;
  return Status(StatusCode::kInvalidArgument, formatted("--assume must be {}; it is '{}'",
                                                        model::kAssumeLlamaLike, flags.assume));
}

}  // namespace fp4jit::cli
