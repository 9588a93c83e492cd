// Which modules an entry of a checkpoint's lists means.
#include "tools/model/module_names.h"

#include <gtest/gtest.h>

namespace fp4jit::model {
namespace {

Module module_at(const std::string& path, int64_t count = 1, const std::string& published = "") {
  Module module;
  module.path = path;
  module.count = count;
  module.published = published;
  if (path.find("experts.*") != std::string::npos) module.role = Role::kExperts;
  return module;
}

const Module kGate = module_at("mlp.gate_proj");
const Module kQuery = module_at("self_attn.q_proj");
const Module kExpertDown = module_at("mlp.experts.*.down_proj", 8);
const Module kSparseDown = module_at("mlp.experts.*.down_proj", 8, "block_sparse_moe.experts.*.w2");
const Module kV4Down = module_at("mlp.experts.*.down_proj", 8, "ffn.experts.*.down_proj");

bool glob(const std::string& entry, const Module& module = kGate, int64_t layer = 3,
          int64_t expert = 0) {
  return ModuleList::of_globs({entry})->find(name_module(module, layer, expert)) != nullptr;
}

bool target(const std::string& entry, const Module& module = kGate, int64_t layer = 3,
            int64_t expert = 0) {
  Result<ModuleList> list = ModuleList::of_targets({entry});
  EXPECT_TRUE(list.ok()) << list.status().message();
  return list.ok() && list->find(name_module(module, layer, expert)) != nullptr;
}

TEST(Globs, MatchFullNamesContainersAndParts) {
  for (const char* entry :
       {"model.layers.3.mlp.gate_proj", "model.layers.3.mlp", "model.layers.3", "model.layers",
        "model", "model.layers.*.mlp", "mlp.gate_proj", "gate_proj", "mlp", "*mlp*", "*.mlp.*",
        "*gate_proj", "model.layers.[0-4].*", "model.layers.?.mlp.gate_proj", "*"}) {
    EXPECT_TRUE(glob(entry)) << entry;
  }
}

TEST(Globs, NeverMatchHalfAComponent) {
  for (const char* entry : {"mlp.gate", "gate", "*.gate", "model.layers.3.mlp.gate", "lm_head",
                            "lm_head*", "", "mlp.gate_proj.weight", "proj", "model.layers.4*"}) {
    EXPECT_FALSE(glob(entry)) << entry;
  }
}

TEST(Globs, TellLayersApart) {
  for (const char* entry : {"layers.1", "model.layers.1", "model.layers.1.*", "model.layers.1.mlp",
                            "model.layers.1.mlp*", "*layers.1.*"}) {
    EXPECT_TRUE(glob(entry, kGate, 1)) << entry;
    EXPECT_FALSE(glob(entry, kGate, 11)) << entry;
    EXPECT_FALSE(glob(entry, kGate, 10)) << entry;
  }
  EXPECT_TRUE(glob("model.layers.1*", kGate, 11));  // this one does say so
  EXPECT_TRUE(glob("model.layers.[12].mlp*", kGate, 2));
  EXPECT_FALSE(glob("model.layers.[12].mlp*", kGate, 12));
}

TEST(Globs, TakeTheStemsOfEveryCheckpoint) {
  for (const char* stem : {"model.layers.3", "language_model.model.layers.3",
                           "model.language_model.layers.3", "backbone.layers.3", "layers.3"}) {
    EXPECT_TRUE(glob(stem)) << stem;
    EXPECT_TRUE(glob(stem + std::string(".mlp.gate_proj"))) << stem;
    EXPECT_TRUE(glob(stem + std::string(".mlp*"))) << stem;
    EXPECT_FALSE(glob(stem, kGate, 31)) << stem;
  }
  EXPECT_FALSE(glob("vision_tower*"));
  EXPECT_FALSE(glob("model.vision_tower.layers.3.mlp*"));
}

TEST(Globs, TakeTheProjectionThatEnginesFuse) {
  EXPECT_TRUE(glob("model.layers.3.self_attn.qkv_proj", kQuery));
  EXPECT_TRUE(glob("*.qkv_proj", module_at("self_attn.v_proj")));
  EXPECT_FALSE(glob("*.qkv_proj", module_at("self_attn.o_proj")));
  EXPECT_TRUE(glob("model.layers.3.mlp.gate_up_proj"));
  EXPECT_TRUE(glob("*gate_up_proj", module_at("mlp.up_proj")));
  EXPECT_FALSE(glob("*gate_up_proj", module_at("mlp.down_proj")));
}

TEST(Globs, TakeTheCheckpointsOwnNames) {
  EXPECT_TRUE(glob("model.layers.3.block_sparse_moe.experts.0.w2", kSparseDown));
  EXPECT_TRUE(glob("*.block_sparse_moe", kSparseDown));
  EXPECT_TRUE(glob("model.layers.3.mlp.experts.0.down_proj", kSparseDown));
  EXPECT_FALSE(glob("*.block_sparse_moe.gate", kSparseDown));
  EXPECT_TRUE(glob("layers.3.ffn.experts*", kV4Down));
  EXPECT_FALSE(glob("layers.3.attn*", kV4Down));
}

TEST(Globs, TellExpertsApart) {
  for (const char* entry : {"model.layers.3.mlp.experts.1", "*.experts.1.*", "experts.1.down_proj",
                            "*.experts.[1].down_proj"}) {
    EXPECT_TRUE(ModuleList::of_globs({entry})->names_experts()) << entry;
    EXPECT_TRUE(glob(entry, kExpertDown, 3, 1)) << entry;
    EXPECT_FALSE(glob(entry, kExpertDown, 3, 2)) << entry;
  }
  for (const char* entry : {"model.layers.3.mlp.experts", "*.experts*", "*.experts.*.down_proj"}) {
    EXPECT_FALSE(ModuleList::of_globs({entry})->names_experts()) << entry;
    EXPECT_TRUE(glob(entry, kExpertDown, 3, 2)) << entry;
  }
  // Where all experts are one parameter.
  EXPECT_TRUE(glob("model.layers.3.mlp.experts.down_proj", kExpertDown));
}

TEST(Globs, AnswerWithTheEntryAsWritten) {
  const char* entry = "language_model.model.layers.3.mlp*";
  ModuleList list = *ModuleList::of_globs({"lm_head", entry});
  ASSERT_NE(list.find(name_module(kGate, 3, 0)), nullptr);
  EXPECT_EQ(*list.find(name_module(kGate, 3, 0)), entry);
}

TEST(Targets, AreClassesNamesOrExpressions) {
  for (const char* entry :
       {"Linear", "model.layers.3.mlp.gate_proj", "model.layers.3.mlp",
        "language_model.model.layers.3.mlp.gate_proj", "re:.*gate_proj$", "re:model",
        "re:language_model", "re:.*language_model.*gate_proj", "re:.*nothing|layers.*gate_proj"}) {
    EXPECT_TRUE(target(entry)) << entry;
  }
  for (const char* entry :
       {"gate_proj", "mlp", "Conv1d", "re:mlp", "re:.*gate$", "re:.*vision.*"}) {
    EXPECT_FALSE(target(entry)) << entry;
  }
}

// What is said of one module is said again of the next where the expression cannot tell them apart,
// and nowhere else.
TEST(Targets, ExpressionsTellLayersApart) {
  struct Row {
    const char* expression;
    Layers selected;  // of 0 to 39
  };
  const Row rows[] = {
      {R"(re:.*layers\.3\..*)", {3}},
      {R"(re:.*layers\.(1|12)\.mlp.*)", {1, 12}},
      {R"(re:.*layers\.[12]\..*)", {1, 2}},
      {R"(re:.*layers\.\d\..*)", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
      {R"(re:.*layers\.\d{2}\.mlp)", {10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
                                      25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39}},
      {"re:model.layers...mlp", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},  // dots alone, by length
      {R"(re:.*\.3\..*)", {3}},
      {R"(re:.*layers\.1[^.]*\.mlp)", {1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}},
  };
  for (const Row& row : rows) {
    ModuleList list = *ModuleList::of_targets({row.expression});
    Layers selected;
    for (int64_t layer = 0; layer < 40; ++layer) {
      if (list.find(name_module(kGate, layer, 0))) selected.push_back(layer);
    }
    EXPECT_EQ(selected, row.selected) << row.expression;
  }
}

TEST(Targets, ExpressionsWithoutDigitsSelectEveryLayer) {
  ModuleList list = *ModuleList::of_targets({R"(re:.*mlp\.(gate|up)_proj$)"});
  for (int64_t layer : {0, 7, 10, 60, 101}) {
    EXPECT_NE(list.find(name_module(kGate, layer, 0)), nullptr);
    EXPECT_EQ(list.find(name_module(module_at("mlp.down_proj"), layer, 0)), nullptr);
    EXPECT_EQ(list.find(name_module(kQuery, layer, 0)), nullptr);
  }
}

TEST(Targets, ABrokenExpressionIsAnError) {
  Result<ModuleList> list = ModuleList::of_targets({"re:(unclosed"});
  ASSERT_FALSE(list.ok());
  EXPECT_NE(list.status().message().find("re:(unclosed"), std::string::npos);
}

}  // namespace
}  // namespace fp4jit::model
