#include "tools/model/mistral_params.h"
#include "base/format.h"

namespace fp4jit::model {
namespace {

struct KeyRow {
  const char* params;
  const char* config;
};

constexpr KeyRow kKeys[] = {
    {"dim", "hidden_size"},
    {"hidden_dim", "intermediate_size"},
    {"n_layers", "num_hidden_layers"},
    {"n_heads", "num_attention_heads"},
    {"n_kv_heads", "num_key_value_heads"},
    {"head_dim", "head_dim"},
};

constexpr int64_t kMost = 1 << 23;

}  // namespace

Result<JsonObject> translate_params(const JsonObject& params) {
  if (params.has("q_lora_rank")) {
    Status error = params.error("describes low-rank attention; use the model's config.json");
    return Status(StatusCode::kUnsupported, error.message());
  }
  nlohmann::json config;
  for (const KeyRow& row : kKeys) {
    FP4JIT_ASSIGN_OR_RETURN(int64_t value, params.integer(row.params, 1, kMost));
    config[row.config] = value;
  }
  config["model_type"] = "mistral";
  if (params.has("moe")) {
    FP4JIT_ASSIGN_OR_RETURN(JsonObject moe, params.object("moe"));
    FP4JIT_ASSIGN_OR_RETURN(int64_t experts, moe.integer("num_experts", 1, kMost));
    config["model_type"] = "mixtral";
    config["num_local_experts"] = experts;
  }
  return params.replaced_by(std::move(config));
}

}  // namespace fp4jit::model
