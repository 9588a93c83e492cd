// What: every (format, input, recipe) that has a template as a parameter of tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "spec/spec.h"
#include "tests/kernels/comparison.h"
#include "tests/kernels/emulator.h"
#include "tests/spec/every_spec.h"

namespace fp4jit {

class OperatorTest : public testing::TestWithParam<Spec> {
 protected:
  Spec spec() const { return GetParam(); }
  Format format() const { return spec().format; }
  Dtype in() const { return spec().in; }
  Numerics numerics() const { return spec().numerics; }
};

// The fields that differ from the format's defaults are named.
inline std::string operator_name(const testing::TestParamInfo<Spec>& info) {
  const Spec& spec = info.param;
  std::string name = std::string(enum_name(spec.format)) + "_" + std::string(enum_name(spec.in)) +
                     "_" + std::string(enum_name(spec.numerics));
  if (spec.scale != default_scale(spec.format)) name += "_" + std::string(enum_name(spec.scale));
  if (spec.ue8m0 != Ue8m0::kRceil) name += "_" + std::string(enum_name(spec.ue8m0));
  return name;
}

inline auto every_operator(std::initializer_list<Dtype> inputs) {
  std::vector<Spec> specs;
  for (const auto& format : kEnumTable<Format>) {
    for (Dtype in : inputs) {
      Spec spec = values_spec(format.value, in, Numerics::kExact);
      spec.target = emulated_target(kEmulatedSms[0]);
      for_each_recipe_of(spec, [&](const Spec& found) { specs.push_back(found); });
    }
  }
  return testing::ValuesIn(specs);
}

}  // namespace fp4jit
