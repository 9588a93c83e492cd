#include "tools/model/modelopt.h"

#include <fmt/format.h>

#include <string_view>

#include "base/nearest.h"

namespace fp4jit::model {
namespace {

struct AlgorithmRow {
  std::string_view name;
  std::optional<Format> activations;  // none: weights alone, or per-tensor scales
};

constexpr AlgorithmRow kAlgorithms[] = {
    {"NVFP4", Format::kNvfp4},
    {"NVFP4_AWQ", Format::kNvfp4},
    {"MXFP4", Format::kMxfp4},
    {"MXFP8", Format::kMxfp8},
    {"W4A8_MXFP4_MXFP8", Format::kMxfp8},
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

Result<std::optional<Format>> read_algorithm(const JsonObject& quantization) {
  if (!quantization.has("quant_algo")) return std::optional<Format>();  // null: the KV cache alone
  FP4JIT_ASSIGN_OR_RETURN(std::string name, quantization.text("quant_algo"));
  std::vector<std::string_view> known;
  for (const AlgorithmRow& row : kAlgorithms) {
    if (row.name == name) return row.activations;
    known.push_back(row.name);
  }
  Status error =
      quantization.error(fmt::format("the quantisation algorithm '{}' is not known; known are {}{}",
                                     name, fmt::join(known, ", "), did_you_mean(name, known)));
  return Status(StatusCode::kUnsupported, error.message());
}

}  // namespace

Result<Quantization> read_modelopt(const JsonObject& metadata) {
  JsonObject body = metadata;
  if (metadata.has("quantization")) {
    FP4JIT_ASSIGN_OR_RETURN(body, metadata.object("quantization"));
  }
  FP4JIT_ASSIGN_OR_RETURN(std::optional<Format> format, read_algorithm(body));
  std::vector<std::string> excluded;
  for (const char* key : {"exclude_modules", "ignore"}) {
    if (!body.has(key)) continue;
    FP4JIT_ASSIGN_OR_RETURN(excluded, body.texts(key));
    break;
  }
  Quantization quantization;
  quantization.groups = {{format, [](const std::string&) { return true; }}};
  quantization.excludes = select_by_globs(std::move(excluded));
  return quantization;
}

}  // namespace fp4jit::model
