#include "spec/target.h"

#include <algorithm>
#include <charconv>

#include "base/format.h"

namespace fp4jit {
namespace {

constexpr std::string_view kSuffixText[] = {"", "a", "f"};

using enum TargetSuffix;
constexpr Target kTargets[] = {
    {80, kNone},  {86, kNone},    {87, kNone},    {89, kNone},  {90, kNone},
    {90, kArch},  {100, kArch},   {100, kFamily}, {103, kArch}, {110, kArch},
    {120, kArch}, {120, kFamily}, {121, kArch},
};

std::string supported_list() {
  std::string list;
  for (Target target : all_targets()) {
    if (!list.empty()) list += ", ";
    list += target_text(target);
  }
  return list + " (and their compute_ twins for PTX)";
}

// FP4 and UE8M0 conversions exist for `a` and `f` targets only; a plain one compiles and then fails
// to load.
std::string suffixed_siblings(Target target) {
  std::string siblings;
  for (Target known : all_targets()) {
    if (known.sm != target.sm || known.suffix == TargetSuffix::kNone) continue;
    if (!siblings.empty()) siblings += " or ";
    siblings += target_text({known.sm, known.suffix, target.is_ptx});
  }
  return siblings;
}

std::optional<Target> split_target(std::string_view text) {
  Target target;
  for (bool is_ptx : {false, true}) {
    std::string_view prefix = is_ptx ? "compute_" : "sm_";
    if (!text.starts_with(prefix)) continue;
    target.is_ptx = is_ptx;
    text.remove_prefix(prefix.size());
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), target.sm);
    if (error != std::errc() || text.front() == '0') return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    for (size_t suffix = 0; suffix < std::size(kSuffixText); ++suffix) {
      if (text != kSuffixText[suffix]) continue;
      target.suffix = static_cast<TargetSuffix>(suffix);
      return target;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::span<const Target> all_targets() {
  return kTargets;
}

std::optional<Target> family_target(Target target) {
  if (target.suffix != TargetSuffix::kArch) return std::nullopt;
  for (Target family : all_targets()) {
    bool same_major = family.sm / 10 == target.sm / 10;
    if (family.suffix != TargetSuffix::kFamily || !same_major || family.sm > target.sm) continue;
    return target.is_ptx ? ptx_target(family) : family;
  }
  return std::nullopt;
}

std::string target_text(Target target) {
  return formatted("{}{}{}", target.is_ptx ? "compute_" : "sm_", target.sm,
                   kSuffixText[static_cast<size_t>(target.suffix)]);
}

Target ptx_target(Target target) {
  target.is_ptx = true;
  return target;
}

Status validate_target(Target target) {
  Target machine = target;
  machine.is_ptx = false;
  if (std::ranges::find(all_targets(), machine) != all_targets().end()) return {};
  if (target.suffix == TargetSuffix::kNone && !suffixed_siblings(target).empty()) {
    return {
        StatusCode::kUnsupported,
        formatted("target {} lacks the FP4 and UE8M0 instructions, which exist for a and f targets "
                  "only; use {}",
                  target_text(target), suffixed_siblings(target))};
  }
  return {StatusCode::kUnsupported, formatted("target {} is not supported; supported are {}",
                                              target_text(target), supported_list())};
}

Result<Target> parse_target(std::string_view text) {
  std::optional<Target> target = split_target(text);
  if (!target) {
    return Status(
        StatusCode::kInvalidSpec,
        formatted("target '{}' is not of the form sm_XY[a|f] or compute_XY[a|f]; supported "
                  "are {}",
                  text, supported_list()));
  }
  FP4JIT_RETURN_IF_ERROR(validate_target(*target));
  return *target;
}

}  // namespace fp4jit
