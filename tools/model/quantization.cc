#include "tools/model/quantization.h"

#include <fmt/format.h>

#include "base/nearest.h"
#include "tools/model/compressed_tensors.h"
#include "tools/model/modelopt.h"

namespace fp4jit::model {
namespace {

Result<Quantization> from_metadata(const Checkpoint& checkpoint) {
  const JsonObject& metadata = *checkpoint.quantization;
  if (metadata.has("config_groups") && !metadata.has("quant_algo")) {
    return read_compressed_tensors(metadata);
  }
  if (metadata.has("quantization") || metadata.has("quant_algo")) return read_modelopt(metadata);
  FP4JIT_ASSIGN_OR_RETURN(std::string method, metadata.text("quant_method"));
  Status error = metadata.error(fmt::format(
      "the quantisation method '{}' is not known; known are modelopt and compressed-tensors",
      method));
  return Status(StatusCode::kUnsupported, error.message());
}

// Whether any group asks for a kernel, and whether --format says the same as the checkpoint.
Status judge(const Quantization& quantization, const JsonObject& metadata,
             std::optional<Format> named) {
  bool any = false, agrees = false;
  std::string formats;
  for (const QuantizedGroup& group : quantization.groups) {
    if (!group.format) continue;
    any = true;
    agrees |= named == group.format;
    formats += (formats.empty() ? "" : ", ") + std::string(enum_name(*group.format));
  }
  if (!any) {
    Status error = metadata.error(
        "no module takes block-scaled activations (weights alone, or another number format, are "
        "quantised): there is nothing to do");
    return {StatusCode::kUnsupported, error.message()};
  }
  if (!named || agrees) return {};
  return metadata.error(fmt::format("the checkpoint's format is {}; leave --format {} out", formats,
                                    enum_name(*named)));
}

Quantization every_linear(Format format) {
  Quantization quantization;
  quantization.source = "--format";
  quantization.groups = {{format, [](const std::string&) { return true; }}};
  quantization.excludes = [](const std::string&) { return false; };
  return quantization;
}

}  // namespace

std::optional<Format> Quantization::format_of(const std::string& module) const {
  if (excludes(module)) return std::nullopt;
  for (const QuantizedGroup& group : groups) {
    if (group.selects(module)) return group.format;
  }
  return std::nullopt;
}

Result<Quantization> read_quantization(const Checkpoint& checkpoint, std::optional<Format> named) {
  if (!checkpoint.quantization) {
    if (named) return every_linear(*named);
    return checkpoint.text.error(fmt::format(
        "the checkpoint has no quantisation metadata; say which format with --format {}",
        enum_names<Format>()));
  }
  FP4JIT_ASSIGN_OR_RETURN(Quantization quantization, from_metadata(checkpoint));
  quantization.source = checkpoint.quantization_source;
  FP4JIT_RETURN_IF_ERROR(judge(quantization, *checkpoint.quantization, named));
  return quantization;
}

}  // namespace fp4jit::model
