#include "tools/model/modelopt.h"

#include <algorithm>
#include <string_view>

#include "base/format.h"
#include "base/nearest.h"

namespace fp4jit::model {
namespace {

struct AlgorithmRow {
  std::string_view name;
  std::optional<Format> activations;  // none: weights alone, or per-tensor scales
  bool mxfp4_weights = false;
};

constexpr std::string_view kMixed = "MIXED_PRECISION";  // "quantized_layers" says each module's own

constexpr AlgorithmRow kAlgorithms[] = {
    {"NVFP4", Format::kNvfp4},
    {"NVFP4_AWQ", Format::kNvfp4},
    {"MXFP4", Format::kMxfp4, true},
    {"MXFP8", Format::kMxfp8},
    {"W4A8_MXFP4_MXFP8", Format::kMxfp8, true},
    {"W4A16", std::nullopt},
    {"W4A16_AWQ", std::nullopt},
    {"W4A16_NVFP4", std::nullopt},
    {"W4A16_MXFP4", std::nullopt},
    {"W8A16", std::nullopt},
    {"FP8", std::nullopt},
    {"W4A8_AWQ", std::nullopt},
    {"W4A8_NVFP4_FP8", std::nullopt},
    {"W4A8_MXFP4_FP8", std::nullopt},
};

Result<Scheme> read_algorithm(const JsonObject& quantization) {
  // Without one the KV cache alone is quantised.
  if (!quantization.has("quant_algo")) return Scheme{"no quant_algo", std::nullopt, {}};
  FP4JIT_ASSIGN_OR_RETURN(std::string name, quantization.text("quant_algo"));
  std::vector<std::string_view> known = {kMixed};
  for (const AlgorithmRow& row : kAlgorithms) {
    if (row.name == name) return Scheme{name, row.activations, {}, false, row.mxfp4_weights};
    known.push_back(row.name);
  }
  Status error =
      quantization.error(formatted("the quantisation algorithm '{}' is not known; known are {}{}",
                                   shown(name), fmt::join(known, ", "), did_you_mean(name, known)));
  return Status(StatusCode::kUnsupported, error.message());
}

bool is_mixed(const JsonObject& quantization) {
  Result<std::string> name = quantization.text("quant_algo");
  return name.ok() && *name == kMixed;
}

// A scheme for each algorithm of the map, with the modules that have it.
Result<std::vector<Scheme>> read_map(const JsonObject& layers) {
  std::vector<Scheme> schemes;
  std::vector<std::vector<std::string>> names;
  FP4JIT_ASSIGN_OR_RETURN(auto members, layers.objects());
  for (const auto& [module, description] : members) {
    FP4JIT_ASSIGN_OR_RETURN(Scheme scheme, read_algorithm(description));
    auto known = std::find_if(schemes.begin(), schemes.end(),
                              [&](const Scheme& other) { return other.name == scheme.name; });
    auto index = static_cast<size_t>(known - schemes.begin());
    if (known == schemes.end()) {
      schemes.push_back(std::move(scheme));
      names.emplace_back();
    }
    names[index].push_back(module);
  }
  for (size_t i = 0; i < schemes.size(); ++i) {
    Result<ModuleList> modules = ModuleList::of_globs(names[i]);
    if (!modules.ok()) return layers.error(std::string(modules.status().message()));
    schemes[i].modules = std::move(*modules);
  }
  return schemes;
}

}  // namespace

Result<Quantization> read_modelopt(const JsonObject& metadata) {
  JsonObject body = metadata;
  if (metadata.has("quantization")) {
    FP4JIT_ASSIGN_OR_RETURN(body, metadata.object("quantization"));
  }
  Quantization quantization;
  for (const char* key : {"exclude_modules", "ignore"}) {
    if (!body.has(key)) continue;
    FP4JIT_ASSIGN_OR_RETURN(quantization.excluded, read_modules(body, key, ModuleList::of_globs));
    break;
  }
  if (is_mixed(body)) {
    FP4JIT_ASSIGN_OR_RETURN(JsonObject layers, body.object("quantized_layers"));
    FP4JIT_ASSIGN_OR_RETURN(quantization.schemes, read_map(layers));
    quantization.is_map = true;
    return quantization;
  }
  FP4JIT_ASSIGN_OR_RETURN(Scheme scheme, read_algorithm(body));
  FP4JIT_ASSIGN_OR_RETURN(scheme.modules, ModuleList::of_targets({std::string(kEveryLinear)}));
  quantization.schemes.push_back(std::move(scheme));
  return quantization;
}

}  // namespace fp4jit::model
