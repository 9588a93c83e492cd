#include "tools/model/ways_out.h"

#include <vector>

#include "base/format.h"
#include "spec/spec.h"

namespace fp4jit::model {
namespace {

std::string describe_cut(const PlannedModule& planned) {
  int64_t width = planned.module.width, shards = planned.shards;
  std::string_view flag = split_flag(planned.module.role);
  if (width % shards != 0)
    return formatted("its width {} cannot be divided over tp {} ({})", width, shards, flag);
  Status block = validate_k(*planned.format, width / shards);
  if (shards == 1) return std::string(block.message());
  return formatted("each of {} ranks ({}) has {} of {}: {}", shards, flag, width / shards, width,
                   block.message());
}

// The most ranks, fewer than now, that leave whole blocks.
int64_t fitting_shards(const PlannedModule& planned) {
  int64_t width = planned.module.width;
  for (int64_t shards = planned.shards - 1; shards >= 1; --shards) {
    if (planned.shards % shards != 0 || width % shards != 0) continue;
    if (validate_k(*planned.format, width / shards).ok()) return shards;
  }
  return 0;
}

std::vector<std::string_view> fitting_policies(const PlannedModule& planned) {
  const FormatRow& format = enum_row(*planned.format);
  std::vector<std::string_view> names;
  for (const PadPolicyRow& policy : kEnumTable<PadPolicy>) {
    if (policy.for_mx != format.is_mx) continue;
    PaddedWidth width = pad_width(planned.module, planned.shards, policy.value, format.sf_vec_size);
    if (width.k != 0) names.push_back(policy.name);
  }
  return names;
}

}  // namespace

std::string explain_unaligned(const PlannedModule& planned, int64_t tp) {
  std::vector<std::string> ways;
  if (int64_t shards = fitting_shards(planned)) {
    std::string_view flag = planned.shards == tp ? "--tp" : split_flag(planned.module.role);
    ways.push_back(formatted("{} {} ({} per rank)", flag, shards, planned.module.width / shards));
  }
  bool fits_whole = validate_k(*planned.format, planned.module.width).ok();
  if (planned.module.role == Role::kExperts && planned.shards > 1 && fits_whole)
    ways.push_back(formatted("--ep {}, which leaves experts whole", tp));
  std::vector<std::string_view> policies = fitting_policies(planned);
  if (!policies.empty()) {
    ways.push_back(formatted("--pad-policy {}, if the weights were padded before the split",
                             fmt::join(policies, " or ")));
  }
  std::string cut = describe_cut(planned);
  if (ways.empty()) return cut;
  return formatted("{}; ways out: {}", cut, fmt::join(ways, "; "));
}

std::string explain_odd_width(const PlannedModule& planned) {
  constexpr int64_t kWanted = 32;
  bool is_odd = planned.format == Format::kNvfp4 && planned.width.k % kWanted != 0 &&
                planned.width.k_out % kWanted != 0;
  if (!is_odd) return "";
  return formatted(
      "k {} is an odd multiple of 16: a GEMM that wants multiples of 32 needs "
      "--pad-policy {} (k_out {})",
      planned.width.k, enum_name(PadPolicy::kCutlassNvfp4), planned.width.k + kWanted / 2);
}

}  // namespace fp4jit::model
