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

struct BackendRow {
  Backend value;
  std::string_view name;
  BackendLayouts dense;
  BackendLayouts experts;
  Numerics numerics;
  PadPolicy nvfp4_padding;
  PadPolicy mxfp8_padding;
  PadPolicy mxfp4_padding;  // of MXFP4 weights, whatever the activations
  bool weights_alone;       // it dequantises weights and takes activations as they are: no kernel
};

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
    {model::Backend::kCutlass,
     "cutlass",
     {SfLayout::k128x4, SfLayout::k128x4},
     {SfLayout::k128x4, SfLayout::k128x4},
     Numerics::kTrtllm,
     model::PadPolicy::kCutlassNvfp4,
     model::PadPolicy::kNone,
     model::PadPolicy::kCutlassMxfp4,
     false},
    {model::Backend::kFlashinferCutlass,
     "flashinfer-cutlass",
     {SfLayout::k128x4, SfLayout::k128x4},
     {SfLayout::k128x4, SfLayout::k128x4},
     Numerics::kTrtllm,
     model::PadPolicy::kCutlassNvfp4,
     model::PadPolicy::kNone,
     model::PadPolicy::kCutlassMxfp4,
     false},
    {model::Backend::kFlashinferCudnn,
     "flashinfer-cudnn",
     {SfLayout::k128x4, SfLayout::k128x4},
     {SfLayout::k128x4, SfLayout::k128x4},
     Numerics::kTrtllm,
     model::PadPolicy::kNone,
     model::PadPolicy::kNone,
     model::PadPolicy::kNone,
     false},
    {model::Backend::kFlashinferTrtllm,
     "flashinfer-trtllm",
     {SfLayout::k128x4, SfLayout::k8x4},
     {SfLayout::kLinear, SfLayout::kLinear},
     Numerics::kTrtllm,
     model::PadPolicy::kTrtllmNvfp4Moe,
     model::PadPolicy::kTrtllmMxfp8Moe,
     model::PadPolicy::kTrtllmMxfp4,
     false},
    model::keeps_activations(model::Backend::kMarlin, "marlin"),
    model::keeps_activations(model::Backend::kTriton, "triton"),
};
static_assert(enum_table_ordered<model::Backend>());

}  // namespace fp4jit
