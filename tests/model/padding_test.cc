// Padding policies by the widths that they are known for.
#include "tools/model/padding.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fp4jit::model {
namespace {

enum Kind { kHidden, kGated, kUngated, kDense };

Module module_of(Kind kind, int64_t width) {
  Module module;
  module.path = "mlp.down_proj";
  module.role = kind == kDense ? Role::kMlp : Role::kExperts;
  module.split = kind == kHidden ? Split::kColumn : Split::kRow;
  module.width = width;
  module.input = kind == kGated ? Input::kGatedProduct : Input::kOther;
  return module;
}

struct Row {
  PadPolicy policy;
  int block;
  Kind kind;
  int64_t width;
  int64_t shards;
  int64_t k;  // 0: unaligned
  int64_t k_out;
};

using enum PadPolicy;

const Row kRows[] = {
    // gpt-oss: hidden 2880, experts 2880 wide over 1 to 8 ranks.
    {kTrtllmMxfp8Moe, 32, kHidden, 2880, 1, 2880, 3072},
    {kTrtllmMxfp4, 32, kHidden, 2880, 1, 2880, 3072},
    {kCutlassMxfp4, 32, kHidden, 2880, 1, 2880, 2944},
    {kMarlin, 32, kHidden, 2880, 1, 2880, 3072},
    {kTriton, 32, kHidden, 2880, 1, 2880, 2880},
    {kAiter, 32, kHidden, 2880, 1, 2880, 2944},
    {kTrtllmMxfp4, 32, kGated, 2880, 2, 1440, 1536},
    {kCutlassMxfp4, 32, kGated, 2880, 2, 1440, 1536},
    {kTrtllmMxfp8Moe, 32, kGated, 2880, 2, 1440, 1536},
    {kTriton, 32, kGated, 2880, 2, 1440, 1472},
    {kTrtllmMxfp4, 32, kGated, 2880, 4, 768, 768},
    {kCutlassMxfp4, 32, kGated, 2880, 4, 768, 768},
    {kTrtllmMxfp4, 32, kGated, 2880, 8, 512, 512},
    {kCutlassMxfp4, 32, kGated, 2880, 8, 384, 384},
    {kMarlin, 32, kGated, 2880, 8, 384, 384},
    {kTriton, 32, kGated, 2880, 8, 384, 384},
    {kAiter, 32, kGated, 2880, 8, 384, 384},
    {kNone, 32, kGated, 2880, 2, 1440, 1440},
    {kNone, 32, kGated, 2880, 4, 0, 0},
    {kNone, 32, kGated, 2880, 8, 0, 0},
    // NeMo: hidden 2688, ungated experts 1856 wide.
    {kTrtllmMxfp8Moe, 32, kHidden, 2688, 1, 2688, 3072},
    {kTrtllmMxfp8Moe, 32, kUngated, 1856, 1, 1856, 1920},
    // Gemma-4: gated experts 704 wide.
    {kTrtllmNvfp4Moe, 16, kGated, 704, 1, 704, 704},
    {kTrtllmNvfp4Moe, 16, kUngated, 704, 1, 704, 768},
    {kTrtllmNvfp4Moe, 16, kGated, 704, 2, 352, 384},
    {kTrtllmNvfp4Moe, 16, kGated, 704, 4, 176, 192},
    {kTrtllmNvfp4Moe, 16, kGated, 704, 8, 128, 128},
    {kTrtllmNvfp4Moe, 16, kHidden, 2816, 1, 2816, 2816},
    // Nemotron: ungated experts 1856 wide.
    {kCutlassNvfp4, 16, kUngated, 1856, 4, 464, 480},
    {kCutlassNvfp4, 16, kUngated, 1856, 8, 0, 0},
    {kTrtllmNvfp4Moe, 16, kUngated, 1856, 8, 256, 256},
    {kTrtllmNvfp4Moe, 16, kUngated, 1856, 4, 464, 512},
    // Dense layers: one policy pads every input, the others those of experts.
    {kCutlassNvfp4, 16, kDense, 10944, 4, 2736, 2752},
    {kCutlassNvfp4, 16, kDense, 10944, 8, 0, 0},
    {kTrtllmNvfp4Moe, 16, kDense, 10944, 4, 2736, 2736},
    {kTrtllmNvfp4Moe, 16, kDense, 10944, 8, 0, 0},
    {kTrtllmMxfp4, 32, kDense, 2880, 1, 2880, 2880},
    // A width that the split does not divide.
    {kNone, 16, kGated, 1000, 3, 0, 0},
    {kTrtllmNvfp4Moe, 16, kGated, 1000, 3, 384, 384},
};

TEST(PadWidth, OfEachPolicy) {
  for (const Row& row : kRows) {
    PaddedWidth width =
        pad_width(module_of(row.kind, row.width), row.shards, row.policy, row.block);
    EXPECT_EQ(width.k, row.k) << enum_name(row.policy) << " " << row.width << "/" << row.shards;
    EXPECT_EQ(width.k_out, row.k_out)
        << enum_name(row.policy) << " " << row.width << "/" << row.shards;
  }
}

TEST(PadWidth, EveryPolicyHasRows) {
  for (const PadPolicyRow& policy : kEnumTable<PadPolicy>) {
    auto of_policy = [&policy](const Row& row) { return row.policy == policy.value; };
    EXPECT_GE(std::count_if(std::begin(kRows), std::end(kRows), of_policy), 2) << policy.name;
  }
}

}  // namespace
}  // namespace fp4jit::model
