// Specs that no kernel can mean, that there is no template of, or that are not for this device.
#include <type_traits>

#include "values.h"

namespace bad_input {
namespace {

constexpr const char* kSpec = "const fp4jit_spec* spec";

struct Enumeration {
  const char* member;
  int32_t fp4jit_spec::*place;
  int32_t beyond;  // the first number that means nothing
};

constexpr Enumeration kEnumerations[] = {
    {"op", &fp4jit_spec::op, 8},
    {"format", &fp4jit_spec::format, 3},
    {"in", &fp4jit_spec::in, 4},
    {"sf_layout", &fp4jit_spec::sf_layout, 3},
    {"scale", &fp4jit_spec::scale, 4},
    {"numerics", &fp4jit_spec::numerics, 3},
    {"ue8m0", &fp4jit_spec::ue8m0, 4},
    {"grouping", &fp4jit_spec::grouping, 3},
    {"pdl", &fp4jit_spec::pdl, 3},
    {"target_sm", &fp4jit_spec::target_sm, 256},
    {"target_suffix", &fp4jit_spec::target_suffix, 3},
    {"target_is_ptx", &fp4jit_spec::target_is_ptx, 2},
};

template <class T>
BadValue with(const char* member, T fp4jit_spec::*place, std::type_identity_t<T> value,
              fp4jit_status wanted, std::vector<std::string> named) {
  return {kSpec,
          member,
          std::to_string(value),
          [=](Call& call) { (*call.spec.get()).*place = value; },
          wanted,
          std::move(named)};
}

BadValues enumeration_values() {
  BadValues values;
  for (const Enumeration& row : kEnumerations) {
    for (int32_t value : {kLowest, -1, row.beyond, row.beyond + 253, kHighest}) {
      values.push_back(
          with(row.member, row.place, value, FP4JIT_E_INVALID_SPEC,
               {fmt::format("{} must be ", row.member), fmt::format("it is {}", value)}));
    }
  }
  return values;
}

BadValues k_values(const Call& call) {
  BadValues values;
  auto block = static_cast<uint32_t>(call.block());
  for (uint32_t k : {1u, block - 1, block + 1, kMaxK + 1, kMaxK + block, 1u << 24, ~0u}) {
    values.push_back(
        with("k", &fp4jit_spec::k, k, FP4JIT_E_INVALID_SPEC, {"k must be ", std::to_string(k)}));
  }
  auto width = static_cast<uint32_t>(Call::kWidth);
  for (uint32_t k_out : {1u, width - block, width + 1, kMaxK + 1, kMaxK + block, 1u << 24, ~0u}) {
    values.push_back(with("k_out", &fp4jit_spec::k_out, k_out, FP4JIT_E_INVALID_SPEC,
                          {"k_out must be ", std::to_string(k_out)}));
  }
  return values;
}

// Enumerators that no template has. Their text is none the worse.
BadValues template_values() {
  BadValues values = {
      with("op", &fp4jit_spec::op, FP4JIT_OP_AMAX, FP4JIT_E_UNSUPPORTED, {"op=amax"}),
      with("grouping", &fp4jit_spec::grouping, FP4JIT_GROUPING_MASKED, FP4JIT_E_UNSUPPORTED,
           {"grouping=masked"}),
  };
  for (BadValue& value : values) value.except = {"fp4jit_spec_to_text"};
  return values;
}

void set_target(Call& call, int32_t sm, fp4jit_target_suffix suffix, int32_t is_ptx = 0) {
  call.spec->target_sm = sm;
  call.spec->target_suffix = suffix;
  call.spec->target_is_ptx = is_ptx;
}

BadValues target_values() {
  auto target = [](const char* value, fp4jit_status wanted, const char* named, auto spoil) {
    return BadValue{kSpec, "target_sm", value, spoil, wanted, {named}};
  };
  BadValue none = target("0 where there must be one", FP4JIT_E_INVALID_SPEC, "target must be set",
                         [](Call& call) { set_target(call, 0, FP4JIT_TARGET_PLAIN); });
  none.only = {"fp4jit_compile", "fp4jit_spec_to_text"};
  auto foreign = [](Call& call) { set_target(call, 100, FP4JIT_TARGET_ARCH); };
  BadValue loaded = target("sm_100a, not this device's", FP4JIT_E_UNSUPPORTED,
                           "target sm_100a does not run on device 0", foreign);
  loaded.only = {"fp4jit_load", "fp4jit_launch_spec"};
  loaded.asks_driver = loaded.after_seal = true;
  BadValue found = target("sm_100a, not this device's", FP4JIT_E_NOT_PREPARED, "@sm_100a", foreign);
  found.only = {"fp4jit_find"};
  found.after_seal = true;
  return {target("255", FP4JIT_E_UNSUPPORTED, "target sm_255",
                 [](Call& call) { set_target(call, 255, FP4JIT_TARGET_PLAIN); }),
          target("sm_100 without its a", FP4JIT_E_UNSUPPORTED, "target sm_100 ",
                 [](Call& call) { set_target(call, 100, FP4JIT_TARGET_PLAIN); }),
          target("0 with a suffix", FP4JIT_E_INVALID_SPEC, "target_sm must be set",
                 [](Call& call) { set_target(call, 0, FP4JIT_TARGET_ARCH); }),
          target("0 and PTX", FP4JIT_E_INVALID_SPEC, "target_sm must be set",
                 [](Call& call) { set_target(call, 0, FP4JIT_TARGET_PLAIN, 1); }),
          none,
          loaded,
          found};
}

}  // namespace

BadValues spec_values(const Call& call) {
  BadValues values = {null_value(kSpec, &Arguments::spec, "spec")};
  append(values, size_values(kSpec, &Call::spec, "spec"));
  append(values, longer_values(kSpec, &Call::spec, "spec"));
  append(values, enumeration_values());
  append(values, k_values(call));
  append(values, template_values());
  append(values, target_values());
  return values;
}

}  // namespace bad_input
