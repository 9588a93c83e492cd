#include "tools/model/quantization.h"

#include <algorithm>
#include <string_view>

#include "base/format.h"
#include "base/nearest.h"
#include "tools/model/compressed_tensors.h"
#include "tools/model/modelopt.h"
#include "tools/model/native_schemes.h"

namespace fp4jit::model {
namespace {

// quant_method by name, where that alone says who reads the rest.
struct MethodRow {
  std::string_view name;
  Result<Quantization> (*read)(const JsonObject& metadata, const Checkpoint& checkpoint);
};

Result<Quantization> from_modelopt(const JsonObject& metadata, const Checkpoint&) {
  return read_modelopt(metadata);
}

Result<Quantization> from_compressed_tensors(const JsonObject& metadata, const Checkpoint&) {
  return read_compressed_tensors(metadata);
}

// Methods that keep activations as they are, or scale them by tensor, row or wide block.
Result<Quantization> without_kernels(const JsonObject& metadata, const Checkpoint&) {
  FP4JIT_ASSIGN_OR_RETURN(std::string name, metadata.text("quant_method"));
  Quantization quantization;
  FP4JIT_ASSIGN_OR_RETURN(ModuleList every, ModuleList::of_targets({std::string(kEveryLinear)}));
  quantization.schemes.push_back({name, std::nullopt, std::move(every)});
  return quantization;
}

constexpr MethodRow kMethods[] = {
    {"modelopt", from_modelopt},       {"compressed-tensors", from_compressed_tensors},
    {"mxfp4", read_mxfp4_experts},     {"fp8", read_fp8},
    {"awq", without_kernels},          {"gptq", without_kernels},
    {"bitsandbytes", without_kernels}, {"fbgemm_fp8", without_kernels},
};

Result<Quantization> from_metadata(const Checkpoint& checkpoint) {
  const JsonObject& metadata = *checkpoint.quantization;
  if (metadata.has("config_groups") && !metadata.has("quant_algo"))
    return read_compressed_tensors(metadata);
  if (metadata.has("quantization") || metadata.has("quant_algo")) return read_modelopt(metadata);
  FP4JIT_ASSIGN_OR_RETURN(std::string method, metadata.text("quant_method"));
  std::vector<std::string_view> known;
  for (const MethodRow& row : kMethods) {
    if (row.name == method) return row.read(metadata, checkpoint);
    known.push_back(row.name);
  }
  Status error =
      metadata.error(formatted("the quantisation method '{}' is not known; known are {}{}",
                               shown(method), fmt::join(known, ", "), did_you_mean(method, known)));
  return Status(StatusCode::kUnsupported, error.message());
}

// Whether any scheme asks for a kernel, and whether --format says the same as the checkpoint.
Status judge(const Quantization& quantization, const JsonObject& metadata,
             std::optional<Format> named) {
  bool agrees = false;
  std::vector<std::string_view> formats, schemes;
  for (const Scheme& scheme : quantization.schemes) {
    schemes.push_back(scheme.name);
    if (!scheme.format) continue;
    agrees |= named == scheme.format;
    formats.push_back(enum_name(*scheme.format));
  }
  if (formats.empty()) {
    Status error = metadata.error(formatted(
        "no module takes block-scaled activations ({}: weights alone, or another number format, "
        "are quantised): there is nothing to do",
        schemes.empty() ? "no scheme" : formatted("{}", fmt::join(schemes, ", "))));
    return {StatusCode::kUnsupported, error.message()};
  }
  if (!named || agrees) return {};
  return metadata.error(formatted("the checkpoint's format is {}; leave --format {} out",
                                  fmt::join(formats, ", "), enum_name(*named)));
}

Result<Quantization> every_linear(Format format) {
  Quantization quantization;
  quantization.source = "--format";
  FP4JIT_ASSIGN_OR_RETURN(ModuleList every, ModuleList::of_targets({std::string(kEveryLinear)}));
  quantization.schemes.push_back({"--format", format, std::move(every)});
  return quantization;
}

// In full, which require_bounded keeps short.
std::string entry_text(const std::string& entry) {
  return shown(entry, 1000);
}

}  // namespace

const Scheme* Quantization::find_scheme(const NamedModule& module,
                                        const std::string** entry) const {
  const Scheme* decides = nullptr;
  for (const Scheme& scheme : schemes) {
    if (scheme.experts_alone && module.role != Role::kExperts) continue;
    const std::string* found = scheme.modules.find(module);
    if (found == nullptr) continue;
    // A module's own name is longer than that of what it stands in.
    if (decides == nullptr || found->size() > (*entry)->size()) {
      decides = &scheme;
      *entry = found;
    }
    if (!is_map) break;
  }
  return decides;
}

Decision Quantization::decide(const NamedModule& module) const {
  const std::string* entry = excluded.find(module);
  if (entry != nullptr)
    return {std::nullopt, false, formatted("excluded by '{}'", entry_text(*entry))};
  const Scheme* scheme = find_scheme(module, &entry);
  if (scheme == nullptr) return {std::nullopt, false, "no scheme selects it"};
  std::string whole = *entry == kEveryLinear
                          ? formatted("{} for every linear", scheme->name)
                          : formatted("{} by '{}'", scheme->name, entry_text(*entry));
  if (!scheme->format) whole += ", which asks for no block-scaled activations";
  return {scheme->format, scheme->mxfp4_weights, std::move(whole)};
}

bool Quantization::names_experts() const {
  return excluded.names_experts() ||
         std::any_of(schemes.begin(), schemes.end(),
                     [](const Scheme& scheme) { return scheme.modules.names_experts(); });
}

Result<ModuleList> read_modules(const JsonObject& object, const char* key,
                                Result<ModuleList> (*of)(const std::vector<std::string>&)) {
  FP4JIT_ASSIGN_OR_RETURN(std::vector<std::string> entries, object.texts(key));
  Result<ModuleList> list = of(entries);
  return list.ok() ? std::move(list)
                   : object.error(formatted("{}: {}", key, list.status().message()));
}

Result<Quantization> read_quantization(const Checkpoint& checkpoint, std::optional<Format> named) {
  if (!checkpoint.quantization) {
    if (named) return every_linear(*named);
    return checkpoint.text.error(
        formatted("the checkpoint has no quantisation metadata; say which format with --format {}",
                  enum_names<Format>()));
  }
  FP4JIT_ASSIGN_OR_RETURN(Quantization quantization, from_metadata(checkpoint));
  quantization.source = checkpoint.quantization_source;
  FP4JIT_RETURN_IF_ERROR(judge(quantization, *checkpoint.quantization, named));
  return quantization;
}

}  // namespace fp4jit::model
