// What: every (format, input, numerics) as a parameter of tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "spec/spec.h"
#include "tests/kernels/comparison.h"

namespace fp4jit {

class OperatorTest : public testing::TestWithParam<std::tuple<Format, Dtype, Numerics>> {
 protected:
  Spec spec() const { return values_spec(format(), in(), numerics()); }
  Format format() const { return std::get<0>(GetParam()); }
  Dtype in() const { return std::get<1>(GetParam()); }
  Numerics numerics() const { return std::get<2>(GetParam()); }
};

inline std::string operator_name(
    const testing::TestParamInfo<std::tuple<Format, Dtype, Numerics>>& info) {
  const auto [format, in, numerics] = info.param;
  return std::string(enum_name(format)) + "_" + std::string(enum_name(in)) + "_" +
         std::string(enum_name(numerics));
}

inline auto every_operator(std::initializer_list<Dtype> inputs) {
  return testing::Combine(testing::Values(Format::kNvfp4, Format::kMxfp4, Format::kMxfp8),
                          testing::ValuesIn(inputs),
                          testing::Values(Numerics::kTrtllm, Numerics::kExact));
}

}  // namespace fp4jit
