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

Result<Scheme> read_format(const JsonObject& metadata, const JsonObject& group) {
  FP4JIT_ASSIGN_OR_RETURN(std::string name,
                          (group.has("format") ? group : metadata).text("format"));
  std::vector<std::string_view> known;
  for (const FormatNameRow& row : kFormats) {
    if (row.name == name) {
      bool has_activations = group.has("input_activations");
      return Scheme{has_activations ? name : name + ", weights alone",
                    has_activations ? row.activations : std::nullopt,
                    {},
                    false,
                    row.activations == Format::kMxfp4};
    }
    known.push_back(row.name);
  }
  Status error =
      group.error(fmt::format("the quantisation format '{}' is not known; known are {}{}",
                              shown(name), fmt::join(known, ", "), did_you_mean(name, known)));
  return Status(StatusCode::kUnsupported, error.message());
}

}  // namespace

Result<Quantization> read_compressed_tensors(const JsonObject& metadata) {
  Quantization quantization;
  FP4JIT_ASSIGN_OR_RETURN(JsonObject groups, metadata.object("config_groups"));
  FP4JIT_ASSIGN_OR_RETURN(auto members, groups.objects());
  for (const auto& [name, group] : members) {
    FP4JIT_ASSIGN_OR_RETURN(Scheme scheme, read_format(metadata, group));
    FP4JIT_ASSIGN_OR_RETURN(scheme.modules, read_modules(group, "targets", ModuleList::of_targets));
    quantization.schemes.push_back(std::move(scheme));
  }
  if (metadata.has("ignore")) {
    FP4JIT_ASSIGN_OR_RETURN(quantization.excluded,
                            read_modules(metadata, "ignore", ModuleList::of_targets));
  }
  return quantization;
}

}  // namespace fp4jit::model
