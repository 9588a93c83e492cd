#include "tools/model/families.h"

#include <fmt/format.h>

#include <string_view>

#include "base/nearest.h"
#include "spec/spec.h"

namespace fp4jit::model {
namespace {

constexpr int64_t kMostLayers = 10000;

struct Family {
  std::string_view model_type;
  Status (*read)(const JsonObject& text, Architecture* architecture);
};

Result<int64_t> read_width(const JsonObject& text, const char* key) {
  return text.integer(key, 1, kMaxK);
}

// head_dim, or hidden_size/num_attention_heads where the file leaves it out.
Result<int64_t> read_head_dim(const JsonObject& text, int64_t hidden, int64_t heads) {
  if (text.has("head_dim")) return read_width(text, "head_dim");
  if (hidden % heads == 0) return hidden / heads;
  return text.error(
      fmt::format("'head_dim' is missing and 'hidden_size' {} is no multiple of "
                  "'num_attention_heads' {}",
                  hidden, heads));
}

// Grouped-query attention and a gated MLP in every layer.
Status read_dense(const JsonObject& text, Architecture* architecture) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t hidden, read_width(text, "hidden_size"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t intermediate, read_width(text, "intermediate_size"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t heads, read_width(text, "num_attention_heads"));
  FP4JIT_ASSIGN_OR_RETURN(int64_t head_dim, read_head_dim(text, hidden, heads));
  FP4JIT_ASSIGN_OR_RETURN(architecture->layers, text.integer("num_hidden_layers", 1, kMostLayers));
  if (heads * head_dim > kMaxK) {
    return text.error(
        fmt::format("num_attention_heads {} times head_dim {} is beyond the widest K, {}", heads,
                    head_dim, kMaxK));
  }
  architecture->attention_heads = heads;
  for (const char* projection : {"q_proj", "k_proj", "v_proj"}) {
    architecture->modules.push_back(
        {fmt::format("model.layers.*.self_attn.{}", projection), "attn", hidden, false});
  }
  architecture->modules.push_back(
      {"model.layers.*.self_attn.o_proj", "attn", heads * head_dim, true});
  for (const char* projection : {"gate_proj", "up_proj"}) {
    architecture->modules.push_back(
        {fmt::format("model.layers.*.mlp.{}", projection), "mlp", hidden, false});
  }
  architecture->modules.push_back({"model.layers.*.mlp.down_proj", "mlp", intermediate, true});
  return {};
}

constexpr Family kFamilies[] = {
    {"llama", read_dense},
    {"mistral", read_dense},
    {"qwen2", read_dense},
    {"qwen3", read_dense},
};

}  // namespace

std::string Module::name(int64_t layer) const {
  size_t star = pattern.find('*');
  return pattern.substr(0, star) + std::to_string(layer) + pattern.substr(star + 1);
}

std::string Module::projection() const {
  return pattern.substr(pattern.rfind('.') + 1);
}

Result<Architecture> read_architecture(const JsonObject& text) {
  Architecture architecture;
  FP4JIT_ASSIGN_OR_RETURN(architecture.model_type, text.text("model_type"));
  std::vector<std::string_view> known;
  for (const Family& family : kFamilies) {
    known.push_back(family.model_type);
    if (family.model_type != architecture.model_type) continue;
    FP4JIT_RETURN_IF_ERROR(family.read(text, &architecture));
    return architecture;
  }
  Status error = text.error(fmt::format(
      "the architecture '{}' (model_type) is not known; known are {}; for any other, name "
      "its K with --k{}",
      architecture.model_type, fmt::join(known, ", "),
      did_you_mean(architecture.model_type, known)));
  return Status(StatusCode::kUnsupported, error.message());
}

}  // namespace fp4jit::model
