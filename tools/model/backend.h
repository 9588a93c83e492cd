// What: what an engine's GEMM backend takes from a quantise kernel.
// Threads: pure.
#pragma once

#include <vector>

#include "spec/fields.h"
#include "tools/model/padding.h"

namespace fp4jit::model {

enum class Backend : uint8_t {
  kCutlass,
  kFlashinferCutlass,
  kFlashinferCudnn,
  kFlashinferTrtllm,
  kMarlin,
  kTriton,
};

// The scale layouts of one kind of GEMM; a second one where few rows have their own.
struct BackendLayouts {
  SfLayout first;
  SfLayout for_few_rows;  // as `first` where there is no other

  std::vector<SfLayout> all() const {
    if (first == for_few_rows) return {first};
    return {first, for_few_rows};
  }
};

// The pad policy by the weights' format.
struct BackendPadding {
  PadPolicy nvfp4 = PadPolicy::kNone;
  PadPolicy mxfp8 = PadPolicy::kNone;
  PadPolicy mxfp4 = PadPolicy::kNone;
};

struct BackendRow {
  Backend value;
  std::string_view name;
  BackendLayouts dense;
  BackendLayouts experts;
  Numerics numerics;
  BackendPadding padding;
  bool weights_alone;  // it dequantises weights and takes activations as they are: no kernel
};

inline constexpr BackendLayouts kSwizzled = {SfLayout::k128x4, SfLayout::k128x4};
inline constexpr BackendLayouts kFewRowsApart = {SfLayout::k128x4, SfLayout::k8x4};
inline constexpr BackendLayouts kLinear = {SfLayout::kLinear, SfLayout::kLinear};
inline constexpr BackendPadding kCutlassPadding = {PadPolicy::kCutlassNvfp4, PadPolicy::kNone,
                                                   PadPolicy::kCutlassMxfp4};
inline constexpr BackendPadding kTrtllmPadding = {
    PadPolicy::kTrtllmNvfp4Moe, PadPolicy::kTrtllmMxfp8Moe, PadPolicy::kTrtllmMxfp4};

// A backend that takes no quantised activations, whatever else stands in its row.
constexpr BackendRow keeps_activations(Backend value, std::string_view name) {
  BackendRow row = {};
  row.value = value;
  row.name = name;
  row.weights_alone = true;
  return row;
}

}  // namespace fp4jit::model

namespace fp4jit {

template <>
inline constexpr model::BackendRow kEnumTable<model::Backend>[] = {
    {model::Backend::kCutlass, "cutlass", model::kSwizzled, model::kSwizzled, Numerics::kTrtllm,
     model::kCutlassPadding, false},
    {model::Backend::kFlashinferCutlass, "flashinfer-cutlass", model::kSwizzled, model::kSwizzled,
     Numerics::kTrtllm, model::kCutlassPadding, false},
    {model::Backend::kFlashinferCudnn, "flashinfer-cudnn", model::kSwizzled, model::kSwizzled,
     Numerics::kTrtllm, model::BackendPadding{}, false},
    {model::Backend::kFlashinferTrtllm, "flashinfer-trtllm", model::kFewRowsApart, model::kLinear,
     Numerics::kTrtllm, model::kTrtllmPadding, false},
    model::keeps_activations(model::Backend::kMarlin, "marlin"),
    model::keeps_activations(model::Backend::kTriton, "triton"),
};
static_assert(enum_table_ordered<model::Backend>());

}  // namespace fp4jit
