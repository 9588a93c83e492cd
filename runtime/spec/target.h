// What: the GPU that a kernel is compiled for: `sm_XY[a|f]` (machine code) or `compute_XY[a|f]`
// (PTX).
// Threads: pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"

namespace fp4jit {

enum class TargetSuffix : uint8_t { kNone, kArch, kFamily };  // "", "a", "f"

struct Target {
  uint8_t sm = 0;  // 10*major + minor; 0 is no target
  TargetSuffix suffix = TargetSuffix::kNone;
  bool is_ptx = false;  // compute_XY

  auto operator<=>(const Target&) const = default;
};

// Dependent launch (PDL) begins with Hopper, for the target and for the device.
inline constexpr int kFirstSmWithPdl = 90;

std::string target_text(Target target);

// kUnsupported for what NVRTC may take but no kernel of ours can run (sm_100, sm_75), kInvalidSpec
// for what is no target; both say what is allowed.
Result<Target> parse_target(std::string_view text);

// Whether `target` is in the table of supported ones; the status names the neighbours that are.
Status validate_target(Target target);

// sm_80, sm_86, … sm_121a: every machine-code target there is a template for.
std::span<const Target> all_targets();

// The family target whose code runs there too: sm_100f for sm_100a and sm_103a, sm_120f for sm_120a
// and sm_121a. Nothing for targets that have no family.
std::optional<Target> family_target(Target target);

// The same target as PTX.
Target ptx_target(Target target);

}  // namespace fp4jit
