#include "config_mutator.h"

#include <algorithm>

#include "checkpoint_folder.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;

// Few layers and short lists, so that the time goes into differences. The kinds of layers stay.
void shrink(json* config) {
  constexpr size_t kLayers = 6, kEntries = 12;
  for (json& member : *config) {
    if (member.is_object()) shrink(&member);
    if (member.is_array() && member.size() > kEntries)
      member.erase(member.begin() + kEntries, member.end());
  }
  if (config->contains("num_hidden_layers")) (*config)["num_hidden_layers"] = kLayers;
  if (!config->contains("hybrid_override_pattern")) return;
  (*config)["hybrid_override_pattern"] = "ME*-ME";
}

// All paths to objects and lists that can be changed.
void collect(json* value, std::vector<json*>* containers) {
  if (!value->is_structured()) return;
  containers->push_back(value);
  for (json& member : *value) collect(&member, containers);
}

void collect_parts(const json& value, std::vector<std::string>* keys, std::vector<json>* values) {
  if (!value.is_structured()) return;
  for (const auto& item : value.items()) {
    if (value.is_object()) keys->push_back(item.key());
    values->push_back(item.value());
    collect_parts(item.value(), keys, values);
  }
}

const char* const kMoreKeys[] = {"first_k_dense_replace", "moe_layer_freq",
                                 "mlp_layer_types",       "mlp_only_layers",
                                 "decoder_sparse_step",   "moe_layers",
                                 "num_kv_shared_layers",  "layer_types",
                                 "layers_block_type",     "mtp_num_hidden_layers",
                                 "indexer_types",         "global_head_dim",
                                 "attention_k_eq_v",      "use_double_wide_mlp",
                                 "quantized_layers",      "expert_dtype",
                                 "moe_latent_size",       "no_op",
                                 "replace_with_linear",   "ffn_mult"};

// Each was, or could be, somebody's mistake.
const json kValues[] = {
    nullptr,
    true,
    0,
    1,
    -1,
    3,
    16,
    4095,
    4096.5,
    1e300,
    -0.0,
    1048576,
    8388576,
    8388608,
    2147483648,
    INT64_MAX,
    INT64_MIN,
    UINT64_MAX,
    "",
    "4096",
    "NVFP4",
    "MIXED_PRECISION",
    "Linear",
    "re:(a*)*b",
    "re:.*\\.[0-4]\\..*",
    "re:(",
    "*",
    "model.layers.*",
    "mlp.experts.1",
    "fp4",
    "full_attention",
    "sparse",
    "linear_attention",
    "\xc3\xa9\x1b[31m",
    json::array(),
    json::object(),
    json::array({nullptr}),
    json::array({1, 0, -1}),
    json::array({"*.mlp*"}),
    json::object({{"attention", {{"no_op", true}}}, {"ffn", {{"ffn_mult", 1.5}}}}),
    json::object({{"quant_algo", "NVFP4"}}),
    json::object({{"quant_algo", "W4A16"}})};

const char* const kMoreConfigs[] = {
    R"({"model_type": "nemotron-nas", "hidden_size": 8192, "num_hidden_layers": 3,
        "num_attention_heads": 64, "block_configs": [
        {"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}},
        {"attention": {"no_op": true}, "ffn": {"intermediate_size": 4096}},
        {"attention": {"replace_with_linear": true}, "ffn": {"no_op": true}}]})",
    R"({"model_type": "phi3", "hidden_size": 3072, "num_hidden_layers": 4, "head_dim": 96,
        "num_attention_heads": 32, "intermediate_size": 8192, "quantization_config":
        {"quant_algo": "MXFP8", "quant_method": "modelopt", "ignore": ["lm_head"]}})",
    R"({"model_type": "brand_new", "hidden_size": 3072, "num_hidden_layers": 4, "num_experts": 8,
        "num_attention_heads": 32, "moe_intermediate_size": 768, "quantization_config":
        {"quant_method": "fp8", "expert_dtype": "fp4"}})"};

const char* const kMixed = R"({"quantization": {"quant_algo": "MIXED_PRECISION",
    "quantized_layers": {"model.layers.0.mlp": {"quant_algo": "NVFP4"},
    "model.layers.1.mlp.experts.1.down_proj": {"quant_algo": "MXFP8"},
    "model.layers.2.self_attn*": {"quant_algo": "FP8"}}}})";

json read_beside(const std::string& model) {
  return std::filesystem::exists(golden_models() / model / "hf_quant_config.json")
             ? golden_json(model + "/hf_quant_config.json")
             : json();
}

}  // namespace

ConfigMutator::ConfigMutator(uint64_t seed) : random_(seed) {
  json golden = golden_json("expected.json"), table = golden_json("table.json");
  for (const auto& [model, facts] : golden["models"].items())
    seeds_.push_back({golden_config(model), read_beside(model)});
  for (const auto& [model, row] : table["models"].items()) {
    json beside = {{"quantization", {{"quant_algo", "NVFP4"}}}};
    if (row.contains("exclude")) beside["quantization"]["exclude_modules"] = row["exclude"];
    seeds_.push_back({row["config"], beside});
    seeds_.push_back({row["config"], json::parse(kMixed)});
  }
  for (const char* text : kMoreConfigs) seeds_.push_back({json::parse(text), json()});
  keys_.assign(std::begin(kMoreKeys), std::end(kMoreKeys));
  values_.assign(std::begin(kValues), std::end(kValues));
  for (Seed& one : seeds_) {
    shrink(&one.config);
    if (one.quantization.is_object()) shrink(&one.quantization);
    collect_parts(one.config, &keys_, &values_);
    collect_parts(one.quantization, &keys_, &values_);
  }
}

json ConfigMutator::any_value() {
  if (one_in(2)) return kValues[below(std::size(kValues))];
  return values_[below(values_.size())];
}

std::string ConfigMutator::any_key() {
  return keys_[below(keys_.size())];
}

void ConfigMutator::change_member(json* object) {
  if (object->empty() || one_in(4)) {
    (*object)[any_key()] = any_value();
    return;
  }
  auto member = std::next(object->begin(), static_cast<std::ptrdiff_t>(below(object->size())));
  json value = member.value();
  switch (below(5)) {
    case 0:
      object->erase(member);
      break;
    case 1:  // renamed
      object->erase(member);
      (*object)[any_key()] = std::move(value);
      break;
    case 2:  // nested once more
      member.value() = json::object({{any_key(), std::move(value)}});
      break;
    case 3:
      if (value.is_number_integer()) {
        auto number = static_cast<uint64_t>(value.get<int64_t>());  // which may wrap
        member.value() = static_cast<int64_t>(one_in(2) ? number * 2 : number - 1);
        break;
      }
      [[fallthrough]];
    default:
      member.value() = any_value();
  }
}

void ConfigMutator::change_list(json* list) {
  if (list->empty()) {
    list->push_back(any_value());
    return;
  }
  size_t at = below(list->size());
  json value = (*list)[at];
  switch (below(4)) {
    case 0:
      list->erase(at);
      break;
    case 1:
      list->push_back(std::move(value));
      break;
    case 2:  // a part of itself again
      for (size_t i = at; i < at + below(8) && i < list->size(); ++i) list->push_back((*list)[i]);
      break;
    default:
      (*list)[at] = any_value();
  }
}

void ConfigMutator::mutate(json* root) {
  std::vector<json*> containers;
  collect(root, &containers);
  if (containers.empty()) return;
  // The outermost object, which has most of the keys, every other time.
  json* container = one_in(2) ? root : containers[below(containers.size())];
  if (container->is_object()) {
    change_member(container);
  } else {
    change_list(container);
  }
}

std::string ConfigMutator::to_text(const json& value) {
  std::string text = value.dump();
  if (one_in(20) && text.size() > 2) text.insert(1, "\"" + any_key() + "\": 1, ");
  for (uint64_t noise = one_in(20) ? 1 + below(4) : 0; noise > 0; --noise) {
    text[below(text.size())] = static_cast<char>(random_());
  }
  return text;
}

CheckpointFiles ConfigMutator::next_files() {
  Seed made = seeds_[below(seeds_.size())];
  if (one_in(8)) made.quantization = seeds_[below(seeds_.size())].quantization;
  if (one_in(4)) made.config["model_type"] = seeds_[below(seeds_.size())].config["model_type"];
  for (uint64_t changes = below(4); changes > 0; --changes) {
    mutate(one_in(3) && made.quantization.is_object() ? &made.quantization : &made.config);
  }
  return {to_text(made.config), made.quantization.is_null() ? "" : to_text(made.quantization)};
}

PlanRequest ConfigMutator::next_request() {
  static constexpr int64_t kSizes[] = {1, 1, 1, 2, 2, 2, 4, 4, 8, 8, 16, 3, 6, 64, 65536};
  auto size = [this] { return kSizes[below(std::size(kSizes))]; };
  auto maybe = [&]() { return one_in(8) ? std::optional(size()) : std::nullopt; };
  PlanRequest request;
  request.parallel = {size(), one_in(3) ? size() : 1, maybe(), maybe(), maybe(), maybe()};
  if (one_in(6)) request.format = kEnumTable<Format>[below(3)].value;
  if (one_in(2)) request.backend = kEnumTable<Backend>[below(4)].value;
  if (one_in(3))
    request.pad_policy = kEnumTable<PadPolicy>[below(std::size(kEnumTable<PadPolicy>))].value;
  request.fuse = kEnumTable<Fuse>[below(std::size(kEnumTable<Fuse>))].value;
  request.assume = one_in(4);
  request.mtp = one_in(4);
  return request;
}

}  // namespace fp4jit::model
