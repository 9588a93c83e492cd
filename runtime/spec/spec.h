// What: the full request for one kernel, a value. One spec applied to one template is a
// specialisation.
// Threads: everything here is pure: no lock, no input or output, no driver.
#pragma once

#include <compare>
#include <cstdint>

#include "base/round.h"
#include "base/status.h"
#include "spec/fields.h"
#include "spec/target.h"

namespace fp4jit {

// The widest K: 128 rows of it, in f32, stay below 2^32 bytes, which the kernels' offsets rely on.
inline constexpr uint32_t kMaxK = (1u << 23) - 32;

struct Spec {
  Op op = Op::kQuantize;
  Format format = Format::kNvfp4;
  uint32_t k = 0;      // length of the quantised axis, in elements; 0: given at each launch
  uint32_t k_out = 0;  // the padded K that is written; k where no padding is wanted
  Dtype in = Dtype::kBf16;
  SfLayout sf_layout = SfLayout::kLinear;
  Scale scale = Scale::kNone;
  Numerics numerics = Numerics::kTrtllm;
  Ue8m0 ue8m0 = Ue8m0::kRceil;
  Grouping grouping = Grouping::kFlat;
  Pdl pdl = Pdl::kOff;
  Target target;

  auto operator<=>(const Spec&) const = default;
};

constexpr int sf_vec_size(const Spec& spec) {
  return enum_row(spec.format).sf_vec_size;
}

// Scale factors of one row of k elements, a multiple of sf_vec_size.
constexpr int64_t sf_blocks(const Spec& spec, int64_t k) {
  return divide_by_power<int64_t>(k, sf_vec_size(spec));
}

// The scale that a format has unless another is named: tensor for nvfp4, none for MX.
constexpr Scale default_scale(Format format) {
  return enum_row(format).is_mx ? Scale::kNone : Scale::kTensor;
}

// Whether the spec means something (kInvalidSpec) and its target can run it (kUnsupported). The
// message names the field, its value and what is allowed.
Status validate_spec(const Spec& spec);

// As validate_spec, and then whether a template exists (kUnsupported naming the field).
Status require_template(const Spec& spec);

// What validate_spec says of one width, for callers that have no spec yet (a model's layers).
Status validate_k(Format format, int64_t k);

}  // namespace fp4jit
