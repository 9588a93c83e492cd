// Plans of the models of tests/golden/models/table.json with every linear layer as nvfp4.
#pragma once

#include "plans.h"

namespace fp4jit::model {

inline nlohmann::json config_of(const std::string& model) {
  return golden_json("table.json")["models"][model]["config"];
}

inline Plan plan_all(const nlohmann::json& config, bool mtp = false) {
  PlanRequest request = request_for(1, Format::kNvfp4);
  request.mtp = mtp;
  return good(plan_config(config, request));
}

inline Layers layers_of(const Plan& plan, const std::string& end) {
  return has_module(plan, end) ? find_module(plan, end).module.layers : Layers{};
}

inline int64_t width_of(const Plan& plan, const std::string& end) {
  return find_module(plan, end).module.width;
}

inline void expect_refusal(nlohmann::json config, const nlohmann::json& keys,
                           const std::string& part) {
  config.update(keys);
  expect_refused(plan_config(config, request_for(1, Format::kNvfp4)).status(),
                 StatusCode::kInvalidArgument, part);
}

}  // namespace fp4jit::model
