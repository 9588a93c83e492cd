// What: the widths that a backend's GEMM wants, where they are wider than the model's.
// Threads: pure.
#pragma once

#include "base/enum_table.h"
#include "tools/model/module.h"

namespace fp4jit::model {

enum class PadPolicy : uint8_t {
  kNone,
  kCutlassNvfp4,
  kTrtllmNvfp4Moe,
  kTrtllmMxfp8Moe,
  kTrtllmMxfp4,
  kCutlassMxfp4,
  kMarlin,
  kTriton,
  kAiter,
};

// Each number is what a width is rounded up to a multiple of; 0 leaves it alone.
struct PadPolicyRow {
  PadPolicy value;
  std::string_view name;
  int64_t every;            // every input
  int64_t expert_input;     // the hidden state that experts take
  int64_t gated_expert;     // an expert's own width on one rank, behind gate and up
  int64_t ungated_expert;   // the same behind up alone
  bool pads_before_split;   // weights are padded so that each rank's width fits, whatever it was
  bool for_mx;              // of MX formats; else of nvfp4
  std::string_view source;  // where the numbers were learnt
};

// The input width of one rank's GEMM.
struct PaddedWidth {
  int64_t k = 0;      // of the activations that come in; 0 where the split cuts through a block
  int64_t k_out = 0;  // of what the GEMM takes
};

// `shards` is how many ranks a row-parallel module's input is split over. A width that `shards`
// does not divide, or that is no multiple of `sf_vec_size` after the split, is usable only where
// weights were padded before it: then activations have the padded width already.
PaddedWidth pad_width(const Module& module, int64_t shards, PadPolicy policy, int sf_vec_size);

}  // namespace fp4jit::model

namespace fp4jit {

template <>
inline constexpr model::PadPolicyRow kEnumTable<model::PadPolicy>[] = {
    {model::PadPolicy::kNone, "none", 0, 0, 0, 0, false, false, ""},
    {model::PadPolicy::kCutlassNvfp4, "cutlass-nvfp4", 32, 0, 0, 0, false, false, "vLLM 31099"},
    {model::PadPolicy::kTrtllmNvfp4Moe, "trtllm-nvfp4-moe", 0, 0, 64, 128, true, false,
     "vLLM 46880"},
    {model::PadPolicy::kTrtllmMxfp8Moe, "trtllm-mxfp8-moe", 0, 512, 128, 128, true, true,
     "NeMo RL 3630"},
    {model::PadPolicy::kTrtllmMxfp4, "trtllm-mxfp4", 0, 256, 256, 256, true, true, "vLLM mxfp4.py"},
    {model::PadPolicy::kCutlassMxfp4, "cutlass-mxfp4", 0, 128, 128, 128, true, true,
     "vLLM mxfp4.py"},
    {model::PadPolicy::kMarlin, "marlin", 0, 256, 128, 128, true, true, "vLLM mxfp4.py"},
    {model::PadPolicy::kTriton, "triton", 0, 0, 64, 64, true, true, "vLLM mxfp4.py"},
    {model::PadPolicy::kAiter, "aiter", 0, 128, 128, 128, true, true, "vLLM 51473"},
};
static_assert(enum_table_ordered<model::PadPolicy>());

}  // namespace fp4jit
