// What decides whether a module's activations take a kernel of ours: bits and blocks of
// compressed-tensors' groups, entries above the layers, keys that are null, and what stands before
// a module.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plans.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json llama() {
  return golden_config("Llama-3.1-8B-Instruct");
}

Result<Plan> plan_group(const char* format, const json& activations) {
  json config = llama();
  config["quantization_config"] = {
      {"quant_method", "compressed-tensors"},
      {"format", format},
      {"config_groups",
       {{"group_0", {{"targets", {"Linear"}}, {"input_activations", activations}}}}}};
  return plan_config(config, request_for(1));
}

struct GroupCase {
  const char* format;
  json activations;
  std::optional<Format> expected;
};

TEST(Activations, BitsAndBlocksDecideTheFormat) {
  for (const GroupCase& c : std::initializer_list<GroupCase>{
           {"nvfp4-pack-quantized", {{"num_bits", 4}, {"group_size", 16}}, Format::kNvfp4},
           {"nvfp4-pack-quantized", {{"num_bits", 8}, {"type", "float"}}, std::nullopt},
           {"nvfp4-pack-quantized", {{"num_bits", 4}, {"type", "int"}}, std::nullopt},
           {"mxfp4-pack-quantized", {{"num_bits", 4}, {"group_size", 32}}, Format::kMxfp4},
           {"mxfp4-pack-quantized", {{"num_bits", 8}, {"group_size", 32}}, Format::kMxfp8},
           {"mxfp4-pack-quantized", {{"num_bits", 8}, {"group_size", 128}}, std::nullopt},
           {"mxfp4-pack-quantized", nullptr, std::nullopt},
       }) {
    SCOPED_TRACE(c.format + c.activations.dump());
    Result<Plan> plan = plan_group(c.format, c.activations);
    if (c.expected) {
      EXPECT_EQ(good(plan).needed.begin()->first.format, *c.expected);
    } else {
      expect_refused(plan.status(), StatusCode::kUnsupported, "nothing to do");
    }
  }
  expect_refused(plan_group("nvfp4-pack-quantized", false).status(), StatusCode::kInvalidArgument,
                 "'input_activations' must be an object");
}

TEST(Activations, EntriesAboveTheLayersReachThem) {
  for (const char* entry :
       {"model.language_model*", "language_model*", "language_model.*.self_attn*",
        "*language_model.layers*self_attn*", "*.model.layers.*.self_attn*",
        "language_model.layers.*.self_attn*", "model.language_model", "backbone.*"}) {
    json config = llama();
    config["quantization_config"] = {{"quant_algo", "NVFP4"}, {"ignore", {entry}}};
    Result<Plan> plan = plan_config(config, request_for(1));
    if (!plan.ok()) {
      expect_refused(plan.status(), StatusCode::kUnsupported, "every linear layer is excluded");
    } else {
      EXPECT_FALSE(has_module(*plan, "self_attn.o_proj")) << entry;
    }
  }
  json config = llama();
  config["quantization_config"] = {{"quant_algo", "NVFP4"},
                                   {"ignore", {"vision_tower*", "visual"}}};
  EXPECT_TRUE(has_module(good(plan_config(config, request_for(1))), "self_attn.o_proj"));
}

TEST(Activations, AKeyThatIsNullHasNoDefault) {
  json config = {{"model_type", "gemma4_text"},
                 {"hidden_size", 512},
                 {"intermediate_size", 1024},
                 {"num_hidden_layers", 6}};
  EXPECT_TRUE(has_module(good(plan_config(config, request_for(1, Format::kNvfp4))),
                         "per_layer_projection"));
  config["hidden_size_per_layer_input"] = nullptr;
  EXPECT_FALSE(has_module(good(plan_config(config, request_for(1, Format::kNvfp4))),
                          "per_layer_projection"));
}

// Those of a plan's fused operators.
std::vector<std::string> fused_modules(const json& config, Op op) {
  PlanRequest request = request_for(1, Format::kNvfp4);
  request.fuse = Fuse::kVllm;
  Plan plan = good(plan_config(config, request));
  std::set<std::string> modules;
  for (const auto& [planned, by] : plan.needed) {
    if (planned.is_fused && planned.op.op == op)
      modules.insert(by.modules.begin(), by.modules.end());
  }
  return {modules.begin(), modules.end()};
}

TEST(Activations, TheNormIsFusedWhereTheHiddenStateComesFromIt) {
  json config = golden_config("DeepSeek-V3-0324-NVFP4");
  EXPECT_THAT(fused_modules(config, Op::kAddRmsnormQuantize),
              ElementsAre("model.layers.*.mlp.gate_proj", "model.layers.*.mlp.up_proj",
                          "model.layers.*.self_attn.kv_a_proj_with_mqa",
                          "model.layers.*.self_attn.q_a_proj"));
  EXPECT_THAT(fused_modules(golden_config("gemma-3-27b-it"), Op::kSiluMulQuantize), IsEmpty());
}

TEST(Activations, KeyValueHeadsDivideTheHeads) {
  json config = llama();
  config["num_key_value_heads"] = 7;
  expect_refused(plan_config(config, request_for(1, Format::kNvfp4)).status(),
                 StatusCode::kInvalidArgument,
                 "'num_key_value_heads' 7 does not divide 'num_attention_heads' 32");
}

TEST(Activations, SizesAreParts) {
  for (auto size :
       {&ParallelRequest::attn_tp, &ParallelRequest::dense_tp, &ParallelRequest::shared_tp}) {
    PlanRequest request = request_for(8, Format::kNvfp4);
    request.parallel.*size = 3;
    expect_refused(plan_config(llama(), request).status(), StatusCode::kInvalidArgument,
                   "-tp 3 must divide --tp 8");
  }
}

}  // namespace
}  // namespace fp4jit::model
