// The published models' K, compared with tests/golden/models/expected.json, which was made from the
// models' own classes and not from this code. Its "about" says what each field means.
#include "plans.h"

namespace fp4jit::model {
namespace {

constexpr const char* kNoMetadata = "none: the caller names the format, every linear";

// A model at one format and tensor-parallel size.
struct Case {
  std::string name;
  Format format;
  PlanRequest request;
  nlohmann::json expected;

  // A field that the file leaves out where there is nothing to say.
  nlohmann::json listed(const char* field) const {
    return expected.value(field, nlohmann::json(nlohmann::json::object_t()));
  }
};

std::vector<std::string> expected_models() {
  std::vector<std::string> models;
  nlohmann::json golden = golden_json("expected.json");
  for (const auto& [model, facts] : golden["models"].items()) models.push_back(model);
  return models;
}

class Expected : public testing::TestWithParam<std::string> {
 protected:
  std::vector<Case> cases() const {
    std::vector<Case> cases;
    bool named = facts_["quant_source"] == kNoMetadata;
    for (const auto& [format, sizes] : facts_["formats"].items()) {
      for (const auto& [tp, expected] : sizes.items()) {
        Format value = *enum_parse<Format>(format);
        PlanRequest request =
            request_for(std::stoll(tp), named ? std::optional(value) : std::nullopt);
        cases.push_back({format + " tp " + tp, value, request, expected});
      }
    }
    return cases;
  }

  static Plan plan(const PlanRequest& request) { return good(plan_golden(GetParam(), request)); }

  nlohmann::json facts_ = golden_json("expected.json")["models"][GetParam()];
};

TEST_P(Expected, EveryWidthAndWhoNeedsIt) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    Plan plan = this->plan(c.request);
    nlohmann::json from = nlohmann::json::object();
    for (const auto& [op, by] : plan.needed) {
      EXPECT_EQ(op.format, c.format);
      EXPECT_EQ(op.k_out, op.k);
      from[std::to_string(op.k)] = by.from;
    }
    EXPECT_EQ(nlohmann::json(widths(plan)), c.expected["k"]);
    EXPECT_EQ(from, c.expected["from"]);
  }
}

TEST_P(Expected, UnalignedWidthsAreListedAndNotPlanned) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    Plan plan = this->plan(c.request);
    EXPECT_EQ(nlohmann::json(unaligned(plan)), c.listed("unaligned"));
    EXPECT_EQ(plan.is_aligned(), !c.expected.contains("unaligned"));
  }
}

TEST_P(Expected, WholeExpertsUnderExpertParallelism) {
  for (Case& c : cases()) {
    SCOPED_TRACE(c.name);
    c.request.parallel.ep = c.request.parallel.tp;
    nlohmann::json k = widths(this->plan(c.request));
    EXPECT_EQ(k, c.expected.value("k_ep", c.expected["k"]));
  }
}

TEST_P(Expected, WidthsOfTheFusedSiluMul) {
  for (Case& c : cases()) {
    for (Fuse fuse : {Fuse::kVllm, Fuse::kSglang}) {
      SCOPED_TRACE(c.name);
      c.request.fuse = fuse;
      std::set<int64_t> k;
      for (const auto& [op, by] : this->plan(c.request).needed) {
        if (op.op.op != Op::kSiluMulQuantize) continue;
        EXPECT_TRUE(op.is_fused);
        k.insert(op.k);
      }
      EXPECT_EQ(nlohmann::json(k), c.expected["silu_mul_k"]);
    }
  }
}

TEST_P(Expected, OddMultiplesOf16AreThoseThatAGemmPads) {
  for (Case& c : cases()) {
    if (c.format != Format::kNvfp4) continue;  // the field is nvfp4's
    SCOPED_TRACE(c.name);
    c.request.pad_policy = PadPolicy::kCutlassNvfp4;
    Patterns padded;
    for (const PlannedModule& planned : this->plan(c.request).modules) {
      if (planned.width.k_out == planned.width.k) continue;
      EXPECT_EQ(planned.width.k_out, planned.width.k + 16);
      padded[std::to_string(planned.width.k)].push_back(planned.module.pattern());
    }
    EXPECT_EQ(nlohmann::json(padded), c.listed("pad32"));
  }
}

TEST_P(Expected, WhereTheSchemeWasReadAndTheActivation) {
  for (const Case& c : cases()) {
    Plan plan = this->plan(c.request);
    bool named = plan.quantization_source == "--format";
    EXPECT_EQ(named ? kNoMetadata : plan.quantization_source, facts_["quant_source"]);
    EXPECT_EQ(plan.architecture.activation, facts_["act"]);
  }
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::erase_if(name, [](unsigned char c) { return !std::isalnum(c); });
  return name;
}

INSTANTIATE_TEST_SUITE_P(Models, Expected, testing::ValuesIn(expected_models()), name_of);

TEST(ExpectedFile, HasElevenModelsAtFourSizesEach) {
  nlohmann::json golden = golden_json("expected.json");
  EXPECT_EQ(golden["models"].size(), 11u);
  for (const auto& [model, facts] : golden["models"].items()) {
    EXPECT_EQ(facts["quant_source"] == "hf_quant_config.json",
              std::filesystem::exists(golden_models() / model / "hf_quant_config.json"));
    EXPECT_GE(facts["formats"].size(), 1u) << model;
    for (const auto& [format, sizes] : facts["formats"].items()) EXPECT_EQ(sizes.size(), 4u);
  }
}

}  // namespace
}  // namespace fp4jit::model
