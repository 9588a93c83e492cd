#include "tools/model/module_names.h"

#include <gtest/gtest.h>

namespace fp4jit::model {
namespace {

constexpr const char* kGate = "model.layers.3.mlp.gate_proj";

bool glob(const std::string& pattern, const std::string& module) {
  return select_by_globs({pattern})(module);
}

TEST(Globs, MatchFullNamesAncestorsAndParts) {
  EXPECT_TRUE(glob("model.layers.3.mlp.gate_proj", kGate));
  EXPECT_TRUE(glob("model.layers.3.mlp", kGate));
  EXPECT_TRUE(glob("model.layers.*.mlp", kGate));
  EXPECT_TRUE(glob("mlp.gate_proj", kGate));
  EXPECT_TRUE(glob("gate_proj", kGate));
  EXPECT_TRUE(glob("*mlp*", kGate));
  EXPECT_TRUE(glob("model.layers.[0-4].*", kGate));
}

TEST(Globs, NeverMatchHalfAComponent) {
  EXPECT_FALSE(glob("mlp.gate", kGate));
  EXPECT_FALSE(glob("gate", kGate));
  EXPECT_FALSE(glob("model.layers.3", "model.layers.31.mlp.gate_proj"));
  EXPECT_FALSE(glob("layers.1", "model.layers.11.mlp.gate_proj"));
  EXPECT_FALSE(glob("lm_head", kGate));
  EXPECT_FALSE(glob("", kGate));
}

TEST(Globs, TakeTheNamesOfMultimodalCheckpoints) {
  EXPECT_TRUE(glob("language_model.model.layers.3.mlp*", kGate));
  EXPECT_TRUE(glob("model.language_model.layers.3.mlp.gate_proj", kGate));
  EXPECT_FALSE(glob("vision_tower*", kGate));
}

TEST(Targets, AreClassesNamesOrExpressions) {
  auto selects = [](const std::string& target) { return (*select_by_targets({target}))(kGate); };
  EXPECT_TRUE(selects("Linear"));
  EXPECT_TRUE(selects(kGate));
  EXPECT_TRUE(selects("re:.*gate_proj$"));
  EXPECT_TRUE(selects("re:model"));  // from the start, not to the end
  EXPECT_FALSE(selects("re:layers"));
  EXPECT_FALSE(selects("gate_proj"));
}

TEST(Targets, ABrokenExpressionIsAnError) {
  Result<Selector> selector = select_by_targets({"re:(unclosed"});
  ASSERT_FALSE(selector.ok());
  EXPECT_NE(selector.status().message().find("re:(unclosed"), std::string::npos);
}

}  // namespace
}  // namespace fp4jit::model
