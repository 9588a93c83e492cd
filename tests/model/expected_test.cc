// The published models' K, compared with tests/golden/models/expected.json, which was made from the
// models' own classes and not from this code.
#include <gtest/gtest.h>

#include <map>

#include "checkpoint_folder.h"
#include "spec/fields.h"
#include "tools/model/plan.h"

namespace fp4jit::model {
namespace {

struct Case {
  std::string model;
  Format format;
  int64_t tp;
  nlohmann::json expected;
};

std::vector<Case> expected_cases() {
  auto golden = nlohmann::json::parse(std::ifstream(golden_models() / "expected.json"));
  std::vector<Case> cases;
  for (const auto& [model, facts] : golden["models"].items()) {
    for (const auto& [format, sizes] : facts["formats"].items()) {
      for (const auto& [tp, expected] : sizes.items()) {
        cases.push_back({model, *enum_parse<Format>(format), std::stoll(tp), expected});
      }
    }
  }
  return cases;
}

Plan plan_of(const Case& c) {
  bool has_metadata = std::filesystem::exists(golden_models() / c.model / "hf_quant_config.json");
  PlanRequest request{(golden_models() / c.model).string(), c.tp, {}, {}};
  if (!has_metadata) request.format = c.format;
  Result<Plan> plan = plan_model(request);
  EXPECT_TRUE(plan.ok()) << plan.status().message();
  return plan.ok() ? *plan : Plan{};
}

TEST(Expected, CoversThreeModelsAtFourSizes) {
  EXPECT_EQ(expected_cases().size(), 16u);
}

TEST(Expected, EveryWidthAndWhoNeedsIt) {
  for (const Case& c : expected_cases()) {
    SCOPED_TRACE(c.model + " " + std::string(enum_name(c.format)) + " tp " + std::to_string(c.tp));
    std::vector<int64_t> k;
    nlohmann::json from = nlohmann::json::object();
    for (const PlannedK& planned : plan_of(c).needed) {
      EXPECT_EQ(planned.format, c.format);
      k.push_back(planned.k);
      from[std::to_string(planned.k)] = planned.from;
    }
    EXPECT_EQ(nlohmann::json(k), c.expected["k"]);
    EXPECT_EQ(from, c.expected["from"]);
  }
}

TEST(Expected, UnalignedWidths) {
  for (const Case& c : expected_cases()) {
    std::map<std::string, std::vector<std::string>> unaligned;
    for (const UnalignedModule& module : plan_of(c).unaligned) {
      unaligned[std::to_string(module.width / module.tp)].push_back(module.module);
    }
    EXPECT_EQ(nlohmann::json(unaligned),
              c.expected.value("unaligned", nlohmann::json(nlohmann::json::object_t())))
        << c.model << " tp " << c.tp;
  }
}

TEST(Plan, TellsWhereItsFactsCameFrom) {
  PlanRequest request{
      (golden_models() / "Llama-3.3-70B-Instruct-NVFP4/config.json").string(), 8, {}, {}};
  Plan plan = *plan_model(request);
  EXPECT_EQ(plan.model_type, "llama");
  EXPECT_EQ(plan.quantization_source, "hf_quant_config.json");
  EXPECT_EQ(plan.in, Dtype::kBf16);
  request.in = Dtype::kF16;
  EXPECT_EQ(plan_model(request)->in, Dtype::kF16);
}

TEST(Plan, ASplitThroughABlockIsReportedAndTheRestPlanned) {
  CheckpointFolder folder;
  auto config = golden_config("Llama-3.1-8B-Instruct");
  config["intermediate_size"] = 1856;  // 1856/8 = 232 = 14.5 blocks
  folder.write("config.json", config.dump());
  Plan plan = *plan_model({folder.path(), 8, Format::kNvfp4, {}});
  ASSERT_EQ(plan.unaligned.size(), 1u);
  EXPECT_EQ(plan.unaligned[0].module, "model.layers.*.mlp.down_proj");
  EXPECT_TRUE(plan.unaligned[0].divides());
  EXPECT_NE(plan.unaligned[0].reason.find("232 = 14.5 blocks"), std::string::npos);
  ASSERT_EQ(plan.needed.size(), 2u);
  EXPECT_EQ(plan.needed[0].k, 512);
  EXPECT_EQ(plan.needed[1].k, 4096);
}

TEST(Plan, AWidthThatTpDoesNotDivideIsReported) {
  CheckpointFolder folder;
  auto config = golden_config("Llama-3.1-8B-Instruct");
  config["intermediate_size"] = 14337;
  folder.write("config.json", config.dump());
  Plan plan = *plan_model({folder.path(), 8, Format::kNvfp4, {}});
  ASSERT_EQ(plan.unaligned.size(), 1u);
  EXPECT_FALSE(plan.unaligned[0].divides());
  EXPECT_EQ(plan.unaligned[0].width, 14337);
  EXPECT_EQ(plan.unaligned[0].tp, 8);
}

TEST(Plan, MxBlocksAreTwiceAsWide) {
  CheckpointFolder folder;
  auto config = golden_config("Llama-3.1-8B-Instruct");
  config["intermediate_size"] =
      16 * 9 * 8;  // 144 per rank: nine blocks of 16, four and a half of 32
  folder.write("config.json", config.dump());
  EXPECT_TRUE(plan_model({folder.path(), 8, Format::kNvfp4, {}})->unaligned.empty());
  EXPECT_EQ(plan_model({folder.path(), 8, Format::kMxfp8, {}})->unaligned.size(), 1u);
}

TEST(Plan, ANestedTextConfigIsTheModel) {
  CheckpointFolder folder;
  nlohmann::json outer = {{"model_type", "a_vision_model"},
                          {"vision_config", {{"model_type", "siglip"}, {"hidden_size", 1152}}},
                          {"text_config", golden_config("Qwen3-32B-NVFP4")}};
  outer["text_config"]["quantization_config"] = {{"quant_algo", "MXFP8"},
                                                 {"quant_method", "modelopt"}};
  folder.write("config.json", outer.dump());
  Plan plan = *plan_model({folder.path(), 2, {}, {}});
  EXPECT_EQ(plan.model_type, "qwen3");
  EXPECT_EQ(plan.quantization_source, "config.json: text_config.quantization_config");
  ASSERT_EQ(plan.needed.size(), 3u);
  EXPECT_EQ(plan.needed[0].format, Format::kMxfp8);
  EXPECT_EQ(plan.needed[2].k, 12800);
}

TEST(Plan, TheFileBesideBeatsTheOuterAndTheOuterBeatsTheNested) {
  CheckpointFolder folder;
  nlohmann::json outer = {{"text_config", golden_config("Qwen3-32B-NVFP4")},
                          {"quantization_config", {{"quant_algo", "MXFP4"}}}};
  outer["text_config"]["quantization_config"] = {{"quant_algo", "INT4"}};
  folder.write("config.json", outer.dump());
  EXPECT_EQ(plan_model({folder.path(), 1, {}, {}})->needed[0].format, Format::kMxfp4);
  folder.write("hf_quant_config.json", R"({"quantization": {"quant_algo": "NVFP4"}})");
  EXPECT_EQ(plan_model({folder.path(), 1, {}, {}})->needed[0].format, Format::kNvfp4);
}

TEST(Plan, ExcludedModulesNeedNoKernelAndLayersAreDecidedOneByOne) {
  CheckpointFolder folder;
  auto config = golden_config("Qwen3-32B-NVFP4");
  folder.write("config.json", config.dump());
  folder.write("hf_quant_config.json",
               R"({"quantization": {"quant_algo": "NVFP4", "exclude_modules":
                   ["lm_head", "model.layers.*.self_attn*", "model.layers.0.mlp.down_proj"]}})");
  Plan plan = *plan_model({folder.path(), 1, {}, {}});
  ASSERT_EQ(plan.needed.size(), 2u);  // o_proj's 8192 is gone; 63 layers keep down_proj's 25600
  EXPECT_EQ(plan.needed[0].from, (std::vector<std::string>{"mlp:gate_proj", "mlp:up_proj"}));
  EXPECT_EQ(plan.needed[1].k, 25600);
}

TEST(Plan, CompressedTensorsGroupsEachHaveTheirFormat) {
  CheckpointFolder folder;
  auto config = golden_config("Qwen3-32B-NVFP4");
  config["quantization_config"] = nlohmann::json::parse(R"({
    "quant_method": "compressed-tensors", "format": "mixed-precision", "ignore": ["lm_head"],
    "config_groups": {
      "group_0": {"format": "float-quantized", "targets": ["re:.*self_attn.*"],
                  "input_activations": {"num_bits": 8}},
      "group_1": {"format": "nvfp4-pack-quantized", "targets": ["re:.*mlp.*(gate|up|down)_proj$"],
                  "input_activations": {"num_bits": 4, "group_size": 16}}}})");
  folder.write("config.json", config.dump());
  Plan plan = *plan_model({folder.path(), 4, {}, {}});
  ASSERT_EQ(plan.needed.size(), 2u);
  EXPECT_EQ(plan.needed[0].k, 5120);
  EXPECT_EQ(plan.needed[1].k, 6400);
}

TEST(Plan, TheDtypeOfTheConfigIsTheInput) {
  for (auto [name, dtype] : {std::pair{"float16", Dtype::kF16}, {"float32", Dtype::kF32}}) {
    CheckpointFolder folder;
    auto config = golden_config("Llama-3.1-8B-Instruct");
    config["torch_dtype"] = name;
    folder.write("config.json", config.dump());
    EXPECT_EQ(plan_model({folder.path(), 1, Format::kMxfp4, {}})->in, dtype);
  }
}

}  // namespace
}  // namespace fp4jit::model
