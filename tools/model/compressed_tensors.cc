#include "tools/model/compressed_tensors.h"

#include <fmt/format.h>

#include <string_view>

#include "base/nearest.h"

namespace fp4jit::model {
namespace {

struct FormatNameRow {
  std::string_view name;
  std::optional<Format> activations;  // none: another number format than block-scaled FP4 or FP8
};

constexpr FormatNameRow kFormats[] = {
    {"nvfp4-pack-quantized", Format::kNvfp4}, {"mxfp4-pack-quantized", Format::kMxfp4},
    {"mxfp8-quantized", Format::kMxfp8},      {"pack-quantized", std::nullopt},
    {"float-quantized", std::nullopt},        {"int-quantized", std::nullopt},
    {"naive-quantized", std::nullopt},
};

Result<std::optional<Format>> read_format(const JsonObject& metadata, const JsonObject& group) {
  FP4JIT_ASSIGN_OR_RETURN(std::string name,
                          (group.has("format") ? group : metadata).text("format"));
  std::vector<std::string_view> known;
  for (const FormatNameRow& row : kFormats) {
    if (row.name == name) return group.has("input_activations") ? row.activations : std::nullopt;
    known.push_back(row.name);
  }
  Status error =
      group.error(fmt::format("the quantisation format '{}' is not known; known are {}{}", name,
                              fmt::join(known, ", "), did_you_mean(name, known)));
  return Status(StatusCode::kUnsupported, error.message());
}

Result<Selector> read_selector(const JsonObject& object, const char* key) {
  FP4JIT_ASSIGN_OR_RETURN(std::vector<std::string> targets, object.texts(key));
  Result<Selector> selector = select_by_targets(targets);
  return selector.ok() ? selector
                       : object.error(fmt::format("{}: {}", key, selector.status().message()));
}

}  // namespace

Result<Quantization> read_compressed_tensors(const JsonObject& metadata) {
  Quantization quantization;
  FP4JIT_ASSIGN_OR_RETURN(JsonObject groups, metadata.object("config_groups"));
  FP4JIT_ASSIGN_OR_RETURN(auto members, groups.objects());
  for (const auto& [name, group] : members) {
    QuantizedGroup quantized;
    FP4JIT_ASSIGN_OR_RETURN(quantized.format, read_format(metadata, group));
    FP4JIT_ASSIGN_OR_RETURN(quantized.selects, read_selector(group, "targets"));
    quantization.groups.push_back(std::move(quantized));
  }
  quantization.excludes = [](const std::string&) { return false; };
  if (metadata.has("ignore")) {
    FP4JIT_ASSIGN_OR_RETURN(quantization.excludes, read_selector(metadata, "ignore"));
  }
  return quantization;
}

}  // namespace fp4jit::model
