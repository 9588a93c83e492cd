// A model, a split and the K that come of them, as engines have been seen to ask for.
#include "plans.h"
#include "tools/model/ways_out.h"

namespace fp4jit::model {
namespace {

using ::testing::HasSubstr;

struct Vector {
  const char* model;  // a folder of tests/golden/models, or a row of table.json
  bool every_linear;  // as nvfp4, whatever the checkpoint leaves out
  ParallelRequest parallel;
  Widths expected;
};

ParallelRequest tp(int64_t size) {
  return {.tp = size};
}

const Vector kVectors[] = {
    {"DeepSeek-V3-0324-NVFP4", false, tp(8), {256, 2304, 7168}},
    {"DeepSeek-V3-0324-NVFP4", false, {.tp = 8, .ep = 8, .shared_tp = 8}, {256, 2048, 2304, 7168}},
    {"DeepSeek-V3-0324-NVFP4", false, {.tp = 8, .ep = 8, .shared_tp = 1}, {2048, 2304, 7168}},
    {"DeepSeek-V3-0324-NVFP4", false, {.tp = 8, .ep = 4}, {256, 1024, 2304, 7168}},
    {"DeepSeek-V3-0324-NVFP4", false, {.tp = 8, .dense_tp = 1}, {256, 7168, 18432}},
    // Attention is data-parallel.
    {"DeepSeek-V3", true, {.tp = 8, .attn_tp = 1}, {256, 512, 1536, 2304, 7168, 16384}},
    {"DeepSeek-V4-Pro", false, tp(8), {384, 7168}},
    {"DeepSeek-V4-Flash-NVFP4-FP8", false, tp(4), {512, 4096}},
    {"Llama-3.3-70B-Instruct-NVFP4", false, tp(4), {2048, 7168, 8192}},
    {"Qwen3-32B-NVFP4", false, tp(2), {4096, 5120, 12800}},
    {"Qwen3-30B-A3B-NVFP4", false, tp(8), {96, 512, 2048}},
    {"Qwen3-235B-A22B", false, tp(8), {192, 1024, 4096}},
    {"gpt-oss-120b", false, tp(2), {1440, 2880}},
    {"GLM-4.5-Air", true, tp(8), {176, 1536, 4096}},
    {"Nemotron-3-Nano-30B-A3B", true, tp(4), {464, 928, 1024, 2688}},
    {"Nemotron-3-Nano-30B-A3B", true, {.tp = 8, .ep = 8}, {464, 512, 1856, 2688}},
    // 64 heads of 256 values, whatever head_dim says.
    {"GLM-5", true, tp(8), {256, 512, 1536, 2048, 6144}},
    {"Mistral-Small-24B", true, tp(1), {4096, 5120, 32768}},
};

Plan plan_of(const Vector& vector, PlanRequest request) {
  request.parallel = vector.parallel;
  if (std::filesystem::exists(golden_models() / vector.model / "config.json") &&
      !vector.every_linear)
    return good(plan_golden(vector.model, request));
  nlohmann::json row = golden_json("table.json")["models"][vector.model];
  if (!vector.every_linear)
    return good(plan_config(row["config"], request, modelopt("NVFP4", row["exclude"])));
  request.format = Format::kNvfp4;
  return good(plan_config(row["config"], request));
}

TEST(Vectors, WidthsOfModelsUnderSplits) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.model);
    EXPECT_EQ(widths(plan_of(vector, {})), vector.expected);
  }
}

TEST(Vectors, GptOssWithMxfp8ActivationsIsPadded) {
  PlanRequest request = request_for(2);
  request.pad_policy = PadPolicy::kTrtllmMxfp4;
  Plan plan = good(plan_golden("gpt-oss-120b", request));
  std::map<int64_t, int64_t> padded;
  for (const auto& [op, by] : plan.needed) {
    EXPECT_EQ(op.format, Format::kMxfp8);
    padded[op.k] = op.k_out;
  }
  EXPECT_EQ(padded, (std::map<int64_t, int64_t>{{1440, 1536}, {2880, 3072}}));
}

TEST(Vectors, GlmAirsOddWidthsAreToldApart) {
  Plan plan = good(plan_golden("GLM-4.5-Air", request_for(8, Format::kNvfp4)));
  EXPECT_THAT(find_module(plan, ".layers.*.mlp.down_proj").unaligned,
              HasSubstr("1368 = 85.5 blocks"));
  EXPECT_THAT(explain_odd_width(find_module(plan, "experts.*.down_proj")),
              HasSubstr("176 is an odd multiple of 16"));
  EXPECT_THAT(explain_odd_width(find_module(plan, "experts.*.down_proj")), HasSubstr("k_out 192"));
  EXPECT_EQ(explain_odd_width(find_module(plan, "o_proj")), "");
}

TEST(Vectors, NemotronsOddWidthIsPaddedForCutlass) {
  PlanRequest request = request_for(4);
  for (bool by_backend : {false, true}) {
    if (by_backend)
      request.backend = Backend::kCutlass;
    else
      request.pad_policy = PadPolicy::kCutlassNvfp4;
    Plan plan = good(plan_golden("NVIDIA-Nemotron-3-Nano-30B-A3B-NVFP4", request));
    PlannedModule down = find_module(plan, "experts.*.down_proj");
    EXPECT_EQ(down.width.k, 464);
    EXPECT_EQ(down.width.k_out, 480);
    EXPECT_EQ(explain_odd_width(down), "");
    request.pad_policy.reset();
  }
}

TEST(Vectors, NemotronCutThroughABlockNamesTheWaysOut) {
  Plan plan = good(plan_golden("NVIDIA-Nemotron-3-Nano-30B-A3B-NVFP4", request_for(8)));
  std::string text = find_module(plan, "experts.*.down_proj").unaligned;
  for (const char* part :
       {"8 ranks (--moe-tp)", "232 of 1856", "232 = 14.5 blocks", "--tp 4 (464 per rank)",
        "--ep 8, which leaves experts whole", "--pad-policy trtllm-nvfp4-moe"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Vectors, AWayOutIsOneThatHelps) {
  auto config = golden_config("Llama-3.1-8B-Instruct");
  config["intermediate_size"] = 8 * 20;  // 20 per rank of 8, 40 of 4, 80 of 2
  Plan plan = good(plan_config(config, request_for(8, Format::kNvfp4)));
  std::string text = find_module(plan, "down_proj").unaligned;
  EXPECT_THAT(text, HasSubstr("ways out: --tp 2 (80 per rank)"));
  EXPECT_EQ(text.find("--ep"), std::string::npos);          // not of experts
  EXPECT_EQ(text.find("--pad-policy"), std::string::npos);  // which pad experts alone
  config["intermediate_size"] = 24;
  text =
      find_module(good(plan_config(config, request_for(1, Format::kNvfp4))), "down_proj").unaligned;
  EXPECT_EQ(text.find("ways out"), std::string::npos);
}

}  // namespace
}  // namespace fp4jit::model
