// Where the language model and its quantisation are read from.
#include "plans.h"

namespace fp4jit::model {
namespace {

nlohmann::json nested(const char* key, const nlohmann::json& text) {
  return {{"model_type", "a_vision_model"},
          {"vision_config", {{"model_type", "siglip"}, {"hidden_size", 1152}}},
          {key, text}};
}

TEST(Source, ANestedTextConfigIsTheModel) {
  for (const char* key : {"text_config", "llm_config", "language_config"}) {
    nlohmann::json outer = nested(key, golden_config("Qwen3-32B-NVFP4"));
    outer[key]["quantization_config"] = {{"quant_algo", "MXFP8"}, {"quant_method", "modelopt"}};
    Plan plan = good(plan_config(outer, request_for(2)));
    EXPECT_EQ(plan.architecture.model_type, "qwen3");
    EXPECT_EQ(plan.quantization_source,
              std::string("config.json: ") + key + ".quantization_config");
    EXPECT_EQ(widths(plan), (Widths{4096, 5120, 12800}));
    EXPECT_EQ(plan.needed.begin()->first.format, Format::kMxfp8);
  }
}

TEST(Source, TheNestedModelsTypeMayBeTheOutersWithText) {
  auto config = golden_config("gemma-3-27b-it");
  config["text_config"].erase("model_type");
  EXPECT_EQ(good(plan_config(config, request_for(1, Format::kNvfp4))).architecture.model_type,
            "gemma3_text");
}

TEST(Source, TheFileBesideBeatsTheOuterAndTheOuterBeatsTheNested) {
  nlohmann::json outer = nested("text_config", golden_config("Qwen3-32B-NVFP4"));
  outer["text_config"]["quantization_config"] = {{"quant_algo", "MXFP8"}};
  outer["quantization_config"] = {{"quant_algo", "MXFP4"}};
  auto format = [&](const nlohmann::json& beside) {
    return good(plan_config(outer, request_for(1), beside)).needed.begin()->first.format;
  };
  EXPECT_EQ(format(nullptr), Format::kMxfp4);
  EXPECT_EQ(format(modelopt("NVFP4")), Format::kNvfp4);
  outer.erase("quantization_config");
  EXPECT_EQ(format(nullptr), Format::kMxfp8);
}

// nvidia/Kimi-K2.5-NVFP4 still carries the INT4 scheme of the model that it was made from.
TEST(Source, KimiK25IsNotReadFromItsNestedInt4Block) {
  nlohmann::json int4 = nlohmann::json::parse(R"({
    "quant_method": "compressed-tensors", "format": "pack-quantized", "ignore": ["lm_head"],
    "config_groups": {"group_0": {"targets": ["Linear"], "input_activations": null,
                                  "weights": {"num_bits": 4, "type": "int"}}}})");
  auto text = golden_config("DeepSeek-V3-0324-NVFP4");
  text.update({{"model_type", "kimi_k2"},
               {"n_routed_experts", 384},
               {"num_attention_heads", 64},
               {"first_k_dense_replace", 1},
               {"quantization_config", int4}});
  nlohmann::json outer = {{"model_type", "kimi_k25"}, {"text_config", text}};
  expect_refused(plan_config(outer, request_for(8)).status(), StatusCode::kUnsupported,
                 "pack-quantized, weights alone");
  Plan plan = good(plan_config(
      outer, request_for(8),
      modelopt("NVFP4", {"language_model.model.layers.*.self_attn*", "lm_head", "vision_tower*"})));
  EXPECT_EQ(widths(plan), (Widths{256, 2304, 7168}));
  EXPECT_EQ(plan.architecture.model_type, "kimi_k2");
  EXPECT_EQ(plan.quantization_source, "hf_quant_config.json");
}

TEST(Source, CompressedTensorsGroupsEachHaveTheirFormat) {
  auto config = golden_config("Qwen3-32B-NVFP4");
  config["quantization_config"] = nlohmann::json::parse(R"({
    "quant_method": "compressed-tensors", "format": "mixed-precision", "ignore": ["lm_head"],
    "config_groups": {
      "group_0": {"format": "float-quantized", "targets": ["re:.*self_attn.*"],
                  "input_activations": {"num_bits": 8}},
      "group_1": {"format": "nvfp4-pack-quantized", "targets": ["re:.*mlp.*(gate|up|down)_proj$"],
                  "input_activations": {"num_bits": 4, "group_size": 16}}}})");
  EXPECT_EQ(widths(plan_config(config, request_for(4))), (Widths{5120, 6400}));
}

// Whatever the list leaves out, the scheme is that of experts.
TEST(Source, Mxfp4AndFp8CheckpointsHaveFp4ExpertsAlone) {
  auto config = golden_config("gpt-oss-120b");
  config["quantization_config"].erase("modules_to_not_convert");
  EXPECT_FALSE(has_module(good(plan_config(config, request_for(1))), "o_proj"));
  config = golden_config("DeepSeek-V4-Flash-NVFP4-FP8");
  config["quantization_config"] = {{"quant_method", "fp8"}};
  Plan plan = good(plan_config(config, request_for(1)));
  EXPECT_EQ(plan.needed.begin()->first.format, Format::kMxfp8);
  EXPECT_FALSE(has_module(plan, "o_b_proj"));
  EXPECT_FALSE(has_module(plan, "shared_experts.down_proj"));
  config.erase("expert_dtype");
  expect_refused(plan_config(config, request_for(1)).status(), StatusCode::kUnsupported,
                 "fp8: weights alone, or another number format");
}

TEST(Source, ADanglingLinkIsNoMissingFile) {
  CheckpointFolder folder;
  folder.write("config.json", golden_config("gpt-oss-120b"));
  std::filesystem::create_symlink("gone", folder.path() + "/hf_quant_config.json");
  PlanRequest request = request_for(1);
  request.path = folder.path();
  expect_refused(plan_model(request).status(), StatusCode::kInvalidArgument,
                 "hf_quant_config.json cannot be opened: No such file");
}

TEST(Source, LinksAreFollowed) {
  CheckpointFolder blobs, folder;
  blobs.write("a", golden_config("Qwen3-32B-NVFP4"));
  blobs.write("b", modelopt("NVFP4"));
  std::filesystem::create_symlink(blobs.path() + "/a", folder.path() + "/config.json");
  std::filesystem::create_symlink(blobs.path() + "/b", folder.path() + "/hf_quant_config.json");
  PlanRequest request = request_for(1);
  request.path = folder.path();
  EXPECT_EQ(widths(plan_model(request)), (Widths{5120, 8192, 25600}));
}

constexpr const char* kMistralSmall = R"({"dim": 5120, "n_layers": 40, "head_dim": 128,
  "hidden_dim": 32768, "n_heads": 32, "n_kv_heads": 8, "rope_theta": 1e8, "norm_eps": 1e-05,
  "vocab_size": 131072})";

TEST(Source, MistralsParamsStandInForConfigJson) {
  CheckpointFolder folder;
  folder.write("params.json", std::string(kMistralSmall));
  PlanRequest request = request_for(8, Format::kNvfp4);
  for (std::string path : {folder.path(), folder.path() + "/params.json"}) {
    request.path = path;
    Plan plan = good(plan_model(request));
    EXPECT_EQ(plan.architecture.model_type, "mistral");
    EXPECT_EQ(plan.architecture.layers, 40);
    EXPECT_EQ(widths(plan), (Widths{512, 4096, 5120}));
  }
}

TEST(Source, MixtralsParamsHaveExperts) {
  CheckpointFolder folder;
  auto params = nlohmann::json::parse(kMistralSmall);
  params["moe"] = {{"num_experts", 8}, {"num_experts_per_tok", 2}};
  folder.write("params.json", params);
  PlanRequest request = request_for(8, Format::kNvfp4);
  request.path = folder.path();
  Plan plan = good(plan_model(request));
  EXPECT_EQ(plan.architecture.model_type, "mixtral");
  EXPECT_EQ(find_module(plan, "experts.*.down_proj").module.count, 8);
}

TEST(Source, ParamsThatAreNoMistralsAreRefused) {
  auto refuse = [](const char* key, const nlohmann::json& value, StatusCode code,
                   const char* part) {
    CheckpointFolder folder;
    auto params = nlohmann::json::parse(kMistralSmall);
    params[key] = value;
    folder.write("params.json", params);
    PlanRequest request = request_for(1, Format::kNvfp4);
    request.path = folder.path();
    expect_refused(plan_model(request).status(), code, part);
  };
  refuse("q_lora_rank", 1536, StatusCode::kUnsupported, "use the model's config.json");
  refuse("dim", nullptr, StatusCode::kInvalidArgument, "params.json: 'dim' is missing");
  refuse("dim", "5120", StatusCode::kInvalidArgument, "'dim' must be a whole number");
  refuse("moe", 8, StatusCode::kInvalidArgument, "'moe' must be an object");
}

}  // namespace
}  // namespace fp4jit::model
