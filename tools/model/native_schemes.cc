#include "tools/model/native_schemes.h"

namespace fp4jit::model {
namespace {

// MXFP4 weights, whose activations become MXFP8.
Result<Scheme> mxfp4_experts(std::string name) {
  FP4JIT_ASSIGN_OR_RETURN(ModuleList every, ModuleList::of_targets({std::string(kEveryLinear)}));
  return Scheme{std::move(name), Format::kMxfp8, std::move(every), true, true};
}

Result<bool> has_fp4_experts(const JsonObject& object) {
  if (!object.has("expert_dtype")) return false;
  FP4JIT_ASSIGN_OR_RETURN(std::string dtype, object.text("expert_dtype"));
  return dtype == "fp4";
}

Result<ModuleList> read_exclusions(const JsonObject& metadata) {
  if (!metadata.has("modules_to_not_convert")) return ModuleList();
  return read_modules(metadata, "modules_to_not_convert", ModuleList::of_globs);
}

}  // namespace

Result<Quantization> read_mxfp4_experts(const JsonObject& metadata, const Checkpoint&) {
  Quantization quantization;
  FP4JIT_ASSIGN_OR_RETURN(quantization.excluded, read_exclusions(metadata));
  FP4JIT_ASSIGN_OR_RETURN(Scheme experts, mxfp4_experts("mxfp4"));
  quantization.schemes.push_back(std::move(experts));
  return quantization;
}

Result<Quantization> read_fp8(const JsonObject& metadata, const Checkpoint& checkpoint) {
  Quantization quantization;
  FP4JIT_ASSIGN_OR_RETURN(quantization.excluded, read_exclusions(metadata));
  FP4JIT_ASSIGN_OR_RETURN(bool here, has_fp4_experts(metadata));
  FP4JIT_ASSIGN_OR_RETURN(bool in_text, has_fp4_experts(checkpoint.text));
  if (here || in_text) {
    FP4JIT_ASSIGN_OR_RETURN(Scheme experts, mxfp4_experts("fp4 experts"));
    quantization.schemes.push_back(std::move(experts));
  }
  FP4JIT_ASSIGN_OR_RETURN(ModuleList rest, ModuleList::of_targets({std::string(kEveryLinear)}));
  quantization.schemes.push_back({"fp8", std::nullopt, std::move(rest)});
  return quantization;
}

}  // namespace fp4jit::model
