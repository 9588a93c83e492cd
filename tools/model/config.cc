#include "tools/model/config.h"

#include <filesystem>
#include <string_view>

#include "base/format.h"
#include "tools/model/mistral_params.h"

namespace fp4jit::model {
namespace {

constexpr const char* kTextKeys[] = {"text_config", "llm_config", "language_config"};
constexpr const char* kQuantizationKey = "quantization_config";
constexpr const char* kConfig = "config.json";
constexpr const char* kMistralParameters = "params.json";

struct TorchDtypeRow {
  std::string_view torch_name;
  Dtype dtype;
};

constexpr TorchDtypeRow kTorchDtypes[] = {
    {"bfloat16", Dtype::kBf16},
    {"float16", Dtype::kF16},
    {"float32", Dtype::kF32},
};

Result<JsonObject> find_text(const JsonObject& config, std::string* key) {
  if (config.has("hidden_size")) return config;
  for (const char* candidate : kTextKeys) {
    if (!config.has(candidate)) continue;
    *key = candidate;
    return config.object(candidate);
  }
  return config;  // the family says what is missing
}

Result<Dtype> read_dtype(const JsonObject& object, const char* key) {
  FP4JIT_ASSIGN_OR_RETURN(std::string name, object.text(key));
  for (const TorchDtypeRow& row : kTorchDtypes) {
    if (row.torch_name == name) return row.dtype;
  }
  return object.error(
      formatted("'{}' must be bfloat16, float16 or float32; it is '{}'; say --in to choose the "
                "kernels' input",
                key, shown(name)));
}

Status find_quantization(const JsonObject& config, const std::string& text_key,
                         const std::filesystem::path& beside, Checkpoint* checkpoint) {
  std::error_code ignored;
  // A link to nowhere is a damaged checkpoint, not one without metadata.
  if (std::filesystem::exists(std::filesystem::symlink_status(beside, ignored))) {
    FP4JIT_ASSIGN_OR_RETURN(checkpoint->quantization, read_json_object(beside.string()));
    checkpoint->quantization_source = beside.filename().string();
  } else if (config.has(kQuantizationKey)) {
    FP4JIT_ASSIGN_OR_RETURN(checkpoint->quantization, config.object(kQuantizationKey));
    checkpoint->quantization_source = formatted("config.json: {}", kQuantizationKey);
  } else if (checkpoint->text.has(kQuantizationKey)) {
    FP4JIT_ASSIGN_OR_RETURN(checkpoint->quantization, checkpoint->text.object(kQuantizationKey));
    checkpoint->quantization_source = formatted("config.json: {}.{}", text_key, kQuantizationKey);
  }
  return {};
}

}  // namespace

Result<Checkpoint> read_checkpoint(const std::string& path) {
  std::error_code ignored;
  std::filesystem::path file = path;
  if (std::filesystem::is_directory(file, ignored)) file /= kConfig;
  if (file.filename() == kConfig && !std::filesystem::exists(file, ignored)) {
    std::filesystem::path params = file.parent_path() / kMistralParameters;
    if (std::filesystem::exists(params, ignored)) file = params;
  }
  FP4JIT_ASSIGN_OR_RETURN(JsonObject config, read_json_object(file.string()));
  if (file.filename() == kMistralParameters) {
    FP4JIT_ASSIGN_OR_RETURN(config, translate_params(config));
  }
  Checkpoint checkpoint;
  checkpoint.whole = config;
  std::string text_key;
  FP4JIT_ASSIGN_OR_RETURN(checkpoint.text, find_text(config, &text_key));
  if (!text_key.empty() && config.has("model_type")) {
    FP4JIT_ASSIGN_OR_RETURN(checkpoint.outer_type, config.text("model_type"));
  }
  FP4JIT_RETURN_IF_ERROR(find_quantization(
      config, text_key, file.parent_path() / "hf_quant_config.json", &checkpoint));
  return checkpoint;
}

Result<Dtype> activation_dtype(const Checkpoint& checkpoint) {
  for (const JsonObject* object : {&checkpoint.text, &checkpoint.whole}) {
    for (const char* key : {"dtype", "torch_dtype"}) {
      if (object->has(key)) return read_dtype(*object, key);
    }
  }
  return Dtype::kBf16;
}

}  // namespace fp4jit::model
