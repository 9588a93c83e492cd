// Everything about a checkpoint that is refused, with the code that decides the exit code:
// kInvalidArgument (2) for wrong input, kUnsupported (3) for what is understood and cannot be done.
#include "plans.h"

namespace fp4jit::model {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr StatusCode kWrong = StatusCode::kInvalidArgument;
constexpr StatusCode kRefused = StatusCode::kUnsupported;

Status plan_text(const std::string& text, int64_t tp = 1,
                 std::optional<Format> format = Format::kNvfp4) {
  CheckpointFolder folder;
  folder.write("config.json", text);
  PlanRequest request = request_for(tp, format);
  request.path = folder.path();
  return plan_model(request).status();
}

Status plan_with(const char* key, const nlohmann::json& value, int64_t tp = 1) {
  auto config = golden_config("Llama-3.1-8B-Instruct");
  config[key] = value;
  return plan_text(config.dump(), tp);
}

Status plan_with_metadata(const nlohmann::json& metadata) {
  auto config = golden_config("Llama-3.1-8B-Instruct");
  config["quantization_config"] = metadata;
  return plan_text(config.dump(), 1, std::nullopt);
}

TEST(Refusal, FilesThatAreNoConfig) {
  std::string good = golden_config("Llama-3.1-8B-Instruct").dump();
  ASSERT_TRUE(plan_text(good).ok());
  expect_refused(plan_text(good.substr(0, good.size() / 2)), kWrong,
                 "config.json: is not valid JSON or is cut off");
  expect_refused(plan_text(""), kWrong, "is not valid JSON");
  expect_refused(plan_text("hidden_size = 4096"), kWrong, "is not valid JSON");
  expect_refused(plan_text("[1, 2]"), kWrong, "must hold an object; it is [1,2]");
  expect_refused(plan_text("\xff\xfe\x00"), kWrong, "is not valid JSON");
  std::string deep(1 << 20, '[');
  expect_refused(plan_text(deep), kWrong, "is nested over 100 deep");
  expect_refused(plan_text("{\"hidden_size\": " + deep + std::string(deep.size(), ']') + "}"),
                 kWrong, "is nested over 100 deep");
  expect_refused(plan_text(good + std::string(1, '\0')), kWrong, "is 0x00");
  expect_refused(plan_golden("../nonexistent", {}).status(), kWrong,
                 "cannot be opened: No such file");
}

TEST(Refusal, EveryCutOfTheFile) {
  std::string good = golden_config("Llama-3.1-8B-Instruct").dump();
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(plan_text(good.substr(0, length)).code(), kWrong) << length;
  }
}

TEST(Refusal, MissingKeysAreNamed) {
  for (const char* key : {"hidden_size", "intermediate_size", "num_attention_heads",
                          "num_hidden_layers", "model_type"}) {
    auto config = golden_config("Llama-3.1-8B-Instruct");
    config.erase(key);
    expect_refused(plan_text(config.dump()), kWrong, std::string("'") + key + "' is missing");
  }
}

TEST(Refusal, SenselessNumbersAreNamed) {
  for (const nlohmann::json& value :
       {nlohmann::json(-1), nlohmann::json(0), nlohmann::json(1e300), nlohmann::json(4096.5),
        nlohmann::json(UINT64_MAX), nlohmann::json(INT64_MAX), nlohmann::json("4096"),
        nlohmann::json::array({4096}), nlohmann::json(true)}) {
    for (const char* key : {"hidden_size", "intermediate_size", "num_attention_heads",
                            "num_hidden_layers", "head_dim"}) {
      expect_refused(plan_with(key, value), kWrong,
                     std::string("'") + key + "' must be a whole number");
    }
  }
  expect_refused(plan_text(R"({"hidden_size": 1e999})"), kWrong, "config.json");
  expect_refused(plan_with("num_attention_heads", 1 << 20), kWrong, "num_attention_heads");
}

TEST(Refusal, HeadDimMustFollowFromTheRest) {
  expect_refused(plan_with("num_attention_heads", 24), kWrong, "'head_dim' is missing");
  EXPECT_TRUE(plan_with("head_dim", nullptr).ok());
}

TEST(Refusal, UnknownArchitecturesListTheKnownOnesAndTheNearest) {
  Status status = plan_with("model_type", "lama");
  expect_refused(status, kRefused, "'lama'");
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("llama, mistral, qwen2, qwen3"), HasSubstr("did you mean 'llama'?")));
}

TEST(Refusal, HeadsThatTpDoesNotDivide) {
  expect_refused(plan_with("rope_theta", 1, 3), kRefused,
                 "32 attention heads cannot be divided over tp 3");
  expect_refused(plan_with("rope_theta", 1, 64), kRefused, "tp 64");
}

TEST(Refusal, AFormatMustBeNamedOrAgree) {
  std::string good = golden_config("Llama-3.1-8B-Instruct").dump();
  expect_refused(plan_text(good, 1, std::nullopt), kWrong, "--format nvfp4, mxfp4, mxfp8");
  Result<Plan> other = plan_golden("Qwen3-32B-NVFP4", request_for(1, Format::kMxfp8));
  expect_refused(other.status(), kWrong, "leave --format mxfp8 out");
  EXPECT_TRUE(plan_golden("Qwen3-32B-NVFP4", request_for(1, Format::kNvfp4)).ok());
}

TEST(Refusal, WeightOnlyCheckpointsLeaveNothingToDo) {
  for (const char* algorithm : {"W4A16", "W4A16_NVFP4", "W4A16_AWQ", "FP8", "W4A8_NVFP4_FP8"}) {
    expect_refused(plan_with_metadata({{"quant_algo", algorithm}}), kRefused, "nothing to do");
  }
  expect_refused(plan_with_metadata({{"quantization", {{"quant_algo", nullptr}}}}), kRefused,
                 "nothing to do");
  expect_refused(plan_with_metadata(nlohmann::json::parse(R"({
    "quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized",
    "config_groups": {"group_0": {"targets": ["Linear"], "input_activations": null}}})")),
                 kRefused, "nothing to do");
}

TEST(Refusal, ACheckpointThatExcludesEverythingLeavesNothingToDo) {
  expect_refused(plan_with_metadata({{"quant_algo", "NVFP4"}, {"ignore", {"model.layers.*"}}}),
                 kRefused, "every linear layer is excluded");
}

TEST(Refusal, MetadataIsJudgedBeforeTheArchitecture) {
  nlohmann::json config = {{"model_type", "unheard_of"},
                           {"quantization_config", {{"quant_algo", "W4A16"}}}};
  expect_refused(plan_text(config.dump(), 1, std::nullopt), kRefused, "nothing to do");
}

TEST(Refusal, UnknownAlgorithmsByName) {
  expect_refused(plan_with_metadata({{"quant_algo", "NVFP5"}}), kRefused, "'NVFP5' is not known");
  expect_refused(plan_with_metadata({{"quant_algo", "NVFP5"}}), kRefused, "did you mean 'NVFP4'?");
  expect_refused(plan_with_metadata({{"quant_method", "gptp"}}), kRefused, "'gptp' is not known");
  expect_refused(plan_with_metadata(nlohmann::json::parse(R"({
    "quant_method": "compressed-tensors", "format": "marlin-24",
    "config_groups": {"group_0": {"targets": ["Linear"], "input_activations": null}}})")),
                 kRefused, "'marlin-24' is not known");
}

TEST(Refusal, IllFormedMetadata) {
  expect_refused(plan_with_metadata({{"quant_algo", 4}}), kWrong, "'quant_algo' must be a string");
  expect_refused(plan_with_metadata("NVFP4"), kWrong, "'quantization_config' must be an object");
  expect_refused(plan_with_metadata({{"quant_algo", "NVFP4"}, {"exclude_modules", "lm_head"}}),
                 kWrong, "'exclude_modules' must be a list of strings");
  expect_refused(plan_with_metadata(nlohmann::json::object()), kWrong, "'quant_method' is missing");
  expect_refused(plan_with_metadata({{"config_groups", {{"group_0", 1}}}}), kWrong,
                 "'group_0' must be an object");
  expect_refused(plan_with_metadata(nlohmann::json::parse(R"({"format": "nvfp4-pack-quantized",
    "config_groups": {"group_0": {"targets": ["re:("], "input_activations": {}}}})")),
                 kWrong, "is no regular expression");
}

TEST(Refusal, UnknownDtypes) {
  expect_refused(plan_with("torch_dtype", "float64"), kWrong, "'float64'");
}

}  // namespace
}  // namespace fp4jit::model
