// How a split is resolved, and what cannot be dealt out over it.
#include "tools/model/parallel.h"

#include "plans.h"

namespace fp4jit::model {
namespace {

using nlohmann::json;

using Sizes = std::vector<int64_t>;  // of attention, Mamba, dense MLPs, shared experts, experts

Sizes sizes(const ParallelRequest& request) {
  Result<Parallel> parallel = resolve_parallel(request);
  EXPECT_TRUE(parallel.ok()) << parallel.status().message();
  if (!parallel.ok()) return {};
  Sizes sizes;
  for (Role role : {Role::kAttention, Role::kSsm, Role::kMlp, Role::kShared, Role::kExperts})
    sizes.push_back(parallel->shards(role));
  return sizes;
}

TEST(Parallel, WhatIsNotGivenFollowsFromTheRest) {
  EXPECT_EQ(sizes({}), (Sizes{1, 1, 1, 1, 1}));
  EXPECT_EQ(sizes({.tp = 8}), (Sizes{8, 8, 8, 8, 8}));
  EXPECT_EQ(sizes({.tp = 8, .ep = 8}), (Sizes{8, 8, 8, 8, 1}));
  EXPECT_EQ(sizes({.tp = 8, .ep = 2}), (Sizes{8, 8, 8, 8, 4}));
  EXPECT_EQ(sizes({.tp = 8, .ep = 16}), (Sizes{8, 8, 8, 8, 1}));
  EXPECT_EQ(sizes({.tp = 8, .attn_tp = 1}), (Sizes{1, 1, 8, 8, 8}));
  EXPECT_EQ(sizes({.tp = 8, .moe_tp = 2}), (Sizes{8, 8, 8, 8, 2}));
  EXPECT_EQ(sizes({.tp = 8, .dense_tp = 1}), (Sizes{8, 8, 1, 8, 8}));
  EXPECT_EQ(sizes({.tp = 8, .shared_tp = 1}), (Sizes{8, 8, 8, 1, 8}));
  EXPECT_EQ(sizes({.tp = 8, .ep = 6, .moe_tp = 2}), (Sizes{8, 8, 8, 8, 2}));
}

TEST(Parallel, SizesThatContradictEachOther) {
  expect_refused(resolve_parallel({.tp = 8, .ep = 6}).status(), StatusCode::kInvalidArgument,
                 "--ep 6 neither divides --tp 8 nor is a multiple of it; say");
  expect_refused(resolve_parallel({.tp = 8, .attn_tp = 16}).status(), StatusCode::kInvalidArgument,
                 "--attn-tp 16 must divide --tp 8");
  expect_refused(resolve_parallel({.tp = 8, .attn_tp = 3}).status(), StatusCode::kInvalidArgument,
                 "--attn-tp 3 must divide --tp 8");
}

Status deal(HeadCount heads, const ParallelRequest& request) {
  Architecture architecture;
  architecture.heads = {std::move(heads)};
  return require_dealt_heads(architecture, *resolve_parallel(request));
}

TEST(Heads, AreDealtOutWhole) {
  HeadCount query{"attention heads", 64, Role::kAttention};
  for (int64_t tp : {1, 2, 4, 8, 16, 32, 64}) EXPECT_TRUE(deal(query, {.tp = tp}).ok()) << tp;
  for (int64_t tp : {3, 6, 48, 128}) {
    expect_refused(deal(query, {.tp = tp}), StatusCode::kUnsupported,
                   "64 attention heads cannot be divided over tp " + std::to_string(tp) +
                       "; choose a divisor of 64");
  }
}

TEST(Heads, KeyValueHeadsMayBeRepeated) {
  HeadCount kv{"key-value heads", 8, Role::kAttention, true};
  for (int64_t tp : {1, 2, 4, 8, 16, 24, 64}) EXPECT_TRUE(deal(kv, {.tp = tp}).ok()) << tp;
  for (int64_t tp : {3, 6, 12, 20}) {
    expect_refused(deal(kv, {.tp = tp}), StatusCode::kUnsupported,
                   "8 key-value heads cannot be divided over tp " + std::to_string(tp) +
                       "; choose a divisor or a multiple of 8");
  }
}

TEST(Heads, FollowTheSizeOfTheirRole) {
  HeadCount query{"attention heads", 64, Role::kAttention};
  EXPECT_TRUE(deal(query, {.tp = 6, .attn_tp = 1}).ok());
  EXPECT_TRUE(deal(query, {.tp = 64, .dense_tp = 1}).ok());
  expect_refused(deal(query, {.tp = 6, .attn_tp = 3}), StatusCode::kUnsupported,
                 "cannot be divided over attn-tp 3");
}

// {"num_attention_heads": 48} and eight key-value heads: six ranks would have 4/3 of one.
TEST(Heads, OfModelsAreNamedByTheirKind) {
  auto refuse = [](const std::string& model, const json& keys, int64_t tp, const char* part) {
    json config = golden_json("table.json")["models"][model]["config"];
    config.update(keys);
    expect_refused(plan_config(config, request_for(tp, Format::kNvfp4)).status(),
                   StatusCode::kUnsupported, part);
  };
  refuse("Llama-3.3-70B", json::object(), 3, "64 attention heads");
  refuse("Llama-3.3-70B", {{"num_attention_heads", 48}}, 6, "8 key-value heads");
  refuse("DeepSeek-V3", json::object(), 3, "128 attention heads");
  refuse("DeepSeek-V4-Flash", json::object(), 16, "8 output groups");
  refuse("Qwen3-Next-80B-A3B", json::object(), 32, "16 linear-attention key heads");
  refuse("Qwen3-Next-80B-A3B", {{"linear_num_key_heads", 32}, {"linear_num_value_heads", 36}}, 8,
         "36 linear-attention value heads");
  refuse("Nemotron-3-Nano-30B-A3B", {{"mamba_num_heads", 60}}, 8, "60 mamba heads");
}

TEST(Heads, SixteenRanksShareEightKeyValueHeads) {
  EXPECT_EQ(widths(plan_golden("Llama-3.3-70B-Instruct-NVFP4", request_for(16))),
            (Widths{512, 1792, 8192}));
}

}  // namespace
}  // namespace fp4jit::model
