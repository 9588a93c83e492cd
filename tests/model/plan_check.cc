#include "plan_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/round.h"
#include "spec/spec.h"
#include "tools/model/explain.h"

namespace fp4jit::model {
namespace {

constexpr size_t kLongestMessage = 4000;

void expect_named(const Status& status) {
  EXPECT_TRUE(status.code() == StatusCode::kInvalidArgument ||
              status.code() == StatusCode::kUnsupported)
      << status.message();
  std::string_view message = status.message();
  bool names_something = false;
  for (std::string_view name : {"config.json", "--", "tp ", "backend "})
    names_something |= message.find(name) != std::string_view::npos;
  EXPECT_TRUE(names_something) << message;
  EXPECT_LT(message.size(), kLongestMessage) << message;
  EXPECT_EQ(std::count_if(message.begin(), message.end(), [](unsigned char c) { return c < ' '; }),
            0)
      << message;
}

void expect_width(const PlannedModule& planned) {
  const Module& module = planned.module;
  SCOPED_TRACE(module.pattern());
  EXPECT_FALSE(module.layers.empty());
  EXPECT_TRUE(std::is_sorted(module.layers.begin(), module.layers.end()));
  EXPECT_GE(module.width, 1);
  EXPECT_LE(module.width, kMaxK);
  EXPECT_GE(module.outputs, 1);
  EXPECT_GE(module.count, 1);
  EXPECT_FALSE(planned.why.empty());
  if (!planned.format) return;
  const int64_t block = enum_row(*planned.format).sf_vec_size;
  const PaddedWidth& width = planned.width;
  if (width.k == 0) {
    EXPECT_FALSE(planned.unaligned.empty());
    EXPECT_TRUE(module.width % planned.shards != 0 ||
                !validate_k(*planned.format, module.width / planned.shards).ok());
    return;
  }
  EXPECT_EQ(planned.unaligned, "");
  EXPECT_EQ(width.k % block, 0);
  EXPECT_EQ(width.k_out % block, 0);
  EXPECT_GE(width.k, ceil_div(module.width, planned.shards));
  EXPECT_GE(width.k_out, width.k);
  EXPECT_LE(width.k_out, kMaxK);
  EXPECT_EQ(planned.shards == 1 || module.split == Split::kRow, true);
}

void expect_consistent(const Plan& plan) {
  size_t quantised = 0;
  std::set<std::string> patterns;
  for (const PlannedModule& planned : plan.modules) {
    expect_width(planned);
    if (planned.width.k == 0) continue;
    ++quantised;
    patterns.insert(planned.module.pattern());
  }
  std::set<std::string> needing;
  for (const auto& [op, by] : plan.needed) {
    EXPECT_FALSE(by.modules.empty());
    EXPECT_FALSE(by.from.empty());
    EXPECT_TRUE(validate_k(op.format, op.k).ok());
    EXPECT_GE(op.k_out, op.k);
    if (!op.is_fused) needing.insert(by.modules.begin(), by.modules.end());
  }
  EXPECT_EQ(needing, patterns);
  EXPECT_EQ(plan.needed.empty(), quantised == 0);
}

}  // namespace

bool check_plan(const CheckpointFolder& folder, const CheckpointFiles& files,
                const PlanRequest& request) {
  folder.write("config.json", files.config);
  std::filesystem::remove(folder.path() + "/hf_quant_config.json");
  if (!files.quantization.empty()) folder.write("hf_quant_config.json", files.quantization);
  PlanRequest asked = request;
  asked.path = folder.path();
  Result<Plan> plan = plan_model(asked);
  if (plan.ok()) {
    expect_consistent(*plan);
    EXPECT_TRUE(explain_module(asked, plan->modules.front().module.pattern()).ok());
  } else {
    expect_named(plan.status());
  }
  if (testing::Test::HasFailure()) {
    ADD_FAILURE() << "config.json: " << files.config
                  << "\nhf_quant_config.json: " << files.quantization << "\ntp "
                  << request.parallel.tp << " ep " << request.parallel.ep;
  }
  return plan.ok();
}

}  // namespace fp4jit::model
