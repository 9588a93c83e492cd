// Plans of checkpoints made for one test, and what a test asks of a plan.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "checkpoint_folder.h"
#include "tools/model/plan.h"

namespace fp4jit::model {

inline PlanRequest request_for(int64_t tp, std::optional<Format> format = {}) {
  PlanRequest request;
  request.parallel.tp = tp;
  request.format = format;
  return request;
}

inline Result<Plan> plan_golden(const std::string& model, PlanRequest request) {
  request.path = (golden_models() / model).string();
  return plan_model(request);
}

// `beside` is hf_quant_config.json; null: there is none.
inline Result<Plan> plan_config(const nlohmann::json& config, PlanRequest request,
                                const nlohmann::json& beside = nullptr) {
  CheckpointFolder folder;
  folder.write("config.json", config);
  if (!beside.is_null()) folder.write("hf_quant_config.json", beside);
  request.path = folder.path();
  return plan_model(request);
}

// The plan, or a failed test and an empty one.
inline Plan good(const Result<Plan>& plan) {
  EXPECT_TRUE(plan.ok()) << plan.status().message();
  return plan.ok() ? *plan : Plan{};
}

// {"quant_algo": …, "exclude_modules": …}, as hf_quant_config.json has it.
inline nlohmann::json modelopt(const std::string& algorithm,
                               const std::vector<std::string>& excluded = {"lm_head"}) {
  return {{"quantization", {{"quant_algo", algorithm}, {"exclude_modules", excluded}}}};
}

using Widths = std::vector<int64_t>;

// K of the plain quantise kernels, rising.
inline Widths widths(const Plan& plan) {
  std::set<int64_t> k;
  for (const auto& [op, by] : plan.needed) {
    if (!op.is_fused) k.insert(op.k);
  }
  return {k.begin(), k.end()};
}

inline Widths widths(const Result<Plan>& plan) {
  return widths(good(plan));
}

using Patterns = std::map<std::string, std::vector<std::string>>;

// Rank widths that no kernel can take, with the modules that have them.
inline Patterns unaligned(const Plan& plan) {
  Patterns patterns;
  for (const PlannedModule& planned : plan.modules) {
    if (!planned.unaligned.empty())
      patterns[planned.rank_width()].push_back(planned.module.pattern());
  }
  return patterns;
}

// The one module whose pattern ends with `end` and that has a format, or has none.
inline PlannedModule find_module(const Plan& plan, const std::string& end, bool quantised = true) {
  for (const PlannedModule& planned : plan.modules) {
    if (planned.module.pattern().ends_with(end) && planned.format.has_value() == quantised)
      return planned;
  }
  ADD_FAILURE() << "no module ends with " << end;
  return {};
}

inline bool has_module(const Plan& plan, const std::string& end, bool quantised = true) {
  for (const PlannedModule& planned : plan.modules) {
    if (planned.module.pattern().ends_with(end) && planned.format.has_value() == quantised)
      return true;
  }
  return false;
}

inline void expect_refused(const Status& status, StatusCode code, const std::string& part) {
  EXPECT_EQ(status.code(), code) << status.message();
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(part));
}

}  // namespace fp4jit::model
