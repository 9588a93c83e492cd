#include "tools/model/compressed_tensors.h"

#include <string_view>

#include "base/format.h"
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

// The format of blocks of so many values of so many bits.
std::optional<Format> block_format(int64_t bits, int64_t block) {
  for (const FormatRow& row : kEnumTable<Format>) {
    if (row.element_bits == bits && row.sf_vec_size == block) return row.value;
  }
  return std::nullopt;
}

// What the group says of its activations; `usual` is the format of its weights, which counts where
// it leaves bits or block out.
Status read_activations(const JsonObject& group, std::optional<Format> usual, Scheme* scheme) {
  if (!group.has("input_activations")) {
    scheme->name += ", weights alone";
    return {};
  }
  FP4JIT_ASSIGN_OR_RETURN(JsonObject activations, group.object("input_activations"));
  if (!usual) return {};
  constexpr int64_t kMost = 1 << 20;
  int64_t bits = enum_row(*usual).element_bits, block = enum_row(*usual).sf_vec_size;
  if (activations.has("num_bits")) {
    FP4JIT_ASSIGN_OR_RETURN(bits, activations.integer("num_bits", 1, kMost));
    // Others than the weights' are scaled by tensor, row or channel, unless it says.
    if (bits != enum_row(*usual).element_bits) block = 0;
  }
  if (activations.has("group_size")) {
    FP4JIT_ASSIGN_OR_RETURN(block, activations.integer("group_size", -1, kMost));
  }
  std::string type = "float";
  if (activations.has("type")) {
    FP4JIT_ASSIGN_OR_RETURN(type, activations.text("type"));
  }
  if (type == "float") scheme->format = block_format(bits, block);
  if (!scheme->format) scheme->name += formatted(", {}-bit activations", bits);
  return {};
}

Result<Scheme> read_format(const JsonObject& metadata, const JsonObject& group) {
  FP4JIT_ASSIGN_OR_RETURN(std::string name,
                          (group.has("format") ? group : metadata).text("format"));
  std::vector<std::string_view> known;
  for (const FormatNameRow& row : kFormats) {
    if (row.name == name) {
      Scheme scheme{name, std::nullopt, {}, false, row.activations == Format::kMxfp4};
      FP4JIT_RETURN_IF_ERROR(read_activations(group, row.activations, &scheme));
      return scheme;
    }
    known.push_back(row.name);
  }
  Status error =
      group.error(formatted("the quantisation format '{}' is not known; known are {}{}",
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
