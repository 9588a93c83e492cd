// The models of tests/golden/models/table.json, whose "about" says what it holds.
#include "plans.h"

namespace fp4jit::model {
namespace {

constexpr int64_t kSizes[] = {1, 2, 4, 8};

// Of all modules that have a format, aligned or not.
Widths rank_widths(const Plan& plan) {
  std::set<int64_t> k;
  for (const PlannedModule& planned : plan.modules) {
    if (planned.format) k.insert(std::stoll(planned.rank_width()));
  }
  return {k.begin(), k.end()};
}

void expect_widths(const nlohmann::json& config, const PlanRequest& request,
                   const nlohmann::json& beside, const Widths& expected) {
  SCOPED_TRACE("tp " + std::to_string(request.parallel.tp));
  Plan plan = good(plan_config(config, request, beside));
  EXPECT_EQ(rank_widths(plan), expected);
  Widths aligned = expected;
  std::erase_if(aligned, [](int64_t k) { return k % 16 != 0; });
  EXPECT_EQ(widths(plan), aligned);
  EXPECT_EQ(unaligned(plan).size(), expected.size() - aligned.size());
}

TEST(Table, EveryLinearLayer) {
  int rows = 0;
  nlohmann::json table = golden_json("table.json");
  for (const auto& [model, row] : table["models"].items()) {
    if (!row.contains("all")) continue;
    SCOPED_TRACE(model);
    for (size_t i = 0; i < std::size(kSizes); ++i) {
      expect_widths(row["config"], request_for(kSizes[i], Format::kNvfp4), nullptr, row["all"][i]);
    }
    ++rows;
  }
  EXPECT_EQ(rows, 31);
}

TEST(Table, AsShipped) {
  int rows = 0;
  nlohmann::json table = golden_json("table.json");
  for (const auto& [model, row] : table["models"].items()) {
    if (!row.contains("shipped")) continue;
    SCOPED_TRACE(model);
    for (size_t i = 0; i < std::size(kSizes); ++i) {
      expect_widths(row["config"], request_for(kSizes[i]), modelopt("NVFP4", row["exclude"]),
                    row["shipped"][i]);
    }
    ++rows;
  }
  EXPECT_EQ(rows, 32);
}

}  // namespace
}  // namespace fp4jit::model
