#include "tests/ptxsim/isa/least_target.h"

#include <charconv>

namespace ptxsim::isa {
namespace {

struct Requirement {
  std::string_view part;  // of the mnemonic
  int sm;
  bool suffixed;  // has `a` or `f`
};

// The first that fits counts.
constexpr Requirement kRequirements[] = {
    {"e2m1x2", 100, true},         {"e2m3x2", 100, true},           {"e3m2x2", 100, true},
    {"ue8m0x2", 100, true},        {".f32x2", 100, false},          {".v8.b32", 100, false},
    {".v8.u32", 100, false},       {".v8.s32", 100, false},         {".v8.f32", 100, false},
    {".v4.b64", 100, false},       {".v4.u64", 100, false},         {".v4.s64", 100, false},
    {".v4.f64", 100, false},       {"fma.rn.f32.bf16", 100, false}, {"fma.rn.f32.f16", 100, false},
    {"griddepcontrol", 90, false}, {"elect.sync", 90, false},       {"add.bf16", 90, false},
    {"add.rn.bf16", 90, false},    {"sub.bf16", 90, false},         {"sub.rn.bf16", 90, false},
    {"mul.bf16", 90, false},       {"mul.rn.bf16", 90, false},      {"e4m3x2", 89, false},
    {"e5m2x2", 89, false},         {"xorsign", 86, false},
};

int number_of(std::string_view target) {
  int sm = 0;
  const size_t digits = target.find('_') + 1;
  std::from_chars(target.data() + digits, target.data() + target.size(), sm);
  return sm;
}

bool has_suffix(std::string_view target) {
  return target.ends_with('a') || target.ends_with('f');
}

}  // namespace

std::string missing_target(std::string_view mnemonic, std::string_view target) {
  for (const Requirement& one : kRequirements) {
    if (mnemonic.find(one.part) == std::string_view::npos) continue;
    if (number_of(target) >= one.sm && (!one.suffixed || has_suffix(target))) return {};
    return "sm_" + std::to_string(one.sm) + (one.suffixed ? "a" : "");
  }
  return {};
}

}  // namespace ptxsim::isa
