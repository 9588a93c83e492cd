// What: the shapes at which outputs are checked for bytes that nobody wrote.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "base/round.h"
#include "tests/kernels/comparison.h"
#include "tests/kernels/element_bits.h"
#include "tests/kernels/emulator.h"

namespace fp4jit {

inline constexpr int64_t kRows[] = {0, 1, 7, 8, 9, 127, 128, 129, 300};
inline constexpr int64_t kMostRows = 300;

// Each is a constant K of instantiate_*.cc; 48, 464 and their like make rows that are not whole
// tiles.
inline std::vector<uint32_t> widths(Format format) {
  if (format == Format::kNvfp4) return {16, 32, 48, 464, 4096, 7168, 28672};
  return {32, 96, 480, 4096, 7168, 28672};
}

// Without a gap, with one of one block, and with one beyond whole tiles of columns.
inline std::vector<uint32_t> padded_widths(Format format, uint32_t k) {
  const auto block = static_cast<uint32_t>(enum_row(format).sf_vec_size);
  return {k, k + block, round_up(k, 128u) + 128u};
}

// Mostly ordinary numbers; one block in 16 has any bits, so that slow paths store too.
inline Elements mixed_elements(Dtype in, int64_t count) {
  const ElementBits bits = element_bits(in);
  Elements elements(in, count);
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t random = scrambled(static_cast<uint64_t>(i));
    const uint32_t exponent = bits.bias() - 3 + (random >> 40) % 6;
    const uint32_t ordinary = bits.magnitude(exponent, random & bits.mantissa_mask());
    const bool any = scrambled(static_cast<uint64_t>(i / 32)) % 16 == 0;
    const uint32_t sign = random >> 63 ? bits.sign() : 0;
    elements.set(i, any ? static_cast<uint32_t>(random >> 8) : ordinary | sign);
  }
  return elements;
}

class OutputTest : public testing::TestWithParam<std::tuple<Format, SfLayout>> {
 protected:
  static constexpr float kGlobalScale = 300.0f;
  // Those that are instantiated at run-time K. torchao's nvfp4 has a scale for zeros.
  static constexpr Numerics kAtRuntimeK[] = {Numerics::kExact, Numerics::kTorchao};

  Format format() const { return std::get<0>(GetParam()); }
  SfLayout layout() const { return std::get<1>(GetParam()); }

  Spec spec(Dtype in, int sm, uint32_t k, uint32_t k_out) const {
    Spec spec = values_spec(format(), in, Numerics::kExact);
    spec.sf_layout = layout();
    spec.k = k;
    spec.k_out = k_out;
    spec.target = emulated_target(sm);
    return spec;
  }
  Spec runtime_k_spec(Dtype in, int sm, Numerics numerics = Numerics::kExact) const {
    Spec runtime_k = spec(in, sm, 0, 0);
    runtime_k.numerics = numerics;
    return runtime_k;
  }

  // Calls check(extent, input) for each number of rows and each padded width, until one fails. The
  // widest rows are many bytes: most of their shapes are left to one layout.
  template <class Check>
  void for_each_shape(Dtype in, uint32_t k, Check check) const {
    const Elements input = mixed_elements(in, kMostRows * k);
    const bool is_widest = k == widths(format()).back();
    for (uint32_t k_out : padded_widths(format(), k)) {
      for (int64_t m : kRows) {
        if (is_widest && m > 9 && (layout() != SfLayout::k128x4 || k_out == k)) continue;
        check(Extent{m, k, k_out}, input);
        if (HasFailure()) return;
      }
    }
  }
};

inline std::string layout_name(const testing::TestParamInfo<std::tuple<Format, SfLayout>>& info) {
  const auto [format, layout] = info.param;
  return std::string(enum_name(format)) + "_" + std::string(enum_name(layout));
}

inline auto every_format(std::initializer_list<SfLayout> layouts) {
  return testing::Combine(testing::Values(Format::kNvfp4, Format::kMxfp4, Format::kMxfp8),
                          testing::ValuesIn(layouts));
}

}  // namespace fp4jit
