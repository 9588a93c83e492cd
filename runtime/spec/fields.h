// What: the enumerators of a spec's fields, each with its one table.
// An enumerator's number is part of the packed form (spec/packed.h): append, never reorder.
#pragma once

#include <cstdint>

#include "base/dtype.h"
#include "base/enum_table.h"
#include "base/sf_layout.h"

namespace fp4jit {

enum class Op : uint8_t {
  kQuantize,
  kSiluMulQuantize,
  kRmsnormQuantize,
  kAddRmsnormQuantize,
  kDequantize,
  kInterleaveSf,
  kDeinterleaveSf,
  kAmax,
};

struct OpRow {
  Op value;
  std::string_view name;
  bool runtime_k;  // k = 0 is allowed: one kernel for every K
};

template <>
inline constexpr OpRow kEnumTable<Op>[] = {
    {Op::kQuantize, "quantize", true},
    {Op::kSiluMulQuantize, "silu_mul_quantize", true},
    {Op::kRmsnormQuantize, "rmsnorm_quantize", false},
    {Op::kAddRmsnormQuantize, "add_rmsnorm_quantize", false},
    {Op::kDequantize, "dequantize", true},
    {Op::kInterleaveSf, "interleave_sf", true},
    {Op::kDeinterleaveSf, "deinterleave_sf", true},
    {Op::kAmax, "amax", true},
};
static_assert(enum_table_ordered<Op>());

enum class Format : uint8_t { kNvfp4, kMxfp4, kMxfp8 };

struct FormatRow {
  Format value;
  std::string_view name;
  int sf_vec_size;                 // values per scale factor
  int element_bits;                // of one packed value
  bool is_mx;                      // UE8M0 scales and no global scale; else UE4M3 scales and one
  std::string_view template_name;  // how templates/ spells it
};

template <>
inline constexpr FormatRow kEnumTable<Format>[] = {
    {Format::kNvfp4, "nvfp4", 16, 4, false, "Format::kNvfp4"},
    {Format::kMxfp4, "mxfp4", 32, 4, true, "Format::kMxfp4"},
    {Format::kMxfp8, "mxfp8", 32, 8, true, "Format::kMxfp8"},
};
static_assert(enum_table_ordered<Format>());

// Where the per-tensor encode multiplier (448*6/amax) comes from.
enum class Scale : uint8_t {
  kNone,     // there is none
  kTensor,   // one float on the device
  kInverse,  // one float on the device, its reciprocal is used
  kRow,      // one float per row
};

struct ScaleRow {
  Scale value;
  std::string_view name;
  std::string_view template_name;  // how templates/ spells it; empty where none has it
};

template <>
inline constexpr ScaleRow kEnumTable<Scale>[] = {
    {Scale::kNone, "none", "Scale::kNone"},
    {Scale::kTensor, "tensor", "Scale::kTensor"},
    {Scale::kInverse, "inverse", "Scale::kInverse"},
    {Scale::kRow, "row", ""},
};
static_assert(enum_table_ordered<Scale>());

enum class Numerics : uint8_t {
  kTrtllm,   // TensorRT-LLM's and FlashInfer's CUDA path, to the bit on a GPU
  kExact,    // correctly rounded operations only
  kTorchao,  // torchao's recipe as it runs on a CPU; docs/torchao.md
};

struct NumericsRow {
  Numerics value;
  std::string_view name;
  std::string_view template_name;  // how templates/ spells it
};

template <>
inline constexpr NumericsRow kEnumTable<Numerics>[] = {
    {Numerics::kTrtllm, "trtllm", "Numerics::kTrtllm"},
    {Numerics::kExact, "exact", "Numerics::kExact"},
    {Numerics::kTorchao, "torchao", "Numerics::kTorchao"},
};
static_assert(enum_table_ordered<Numerics>());

// How an MX block's scale is rounded to a power of two; torchao's names.
enum class Ue8m0 : uint8_t { kRceil, kFloor, kCeil, kEven };

struct Ue8m0Row {
  Ue8m0 value;
  std::string_view name;
  std::string_view template_name;  // how templates/ spells it
};

template <>
inline constexpr Ue8m0Row kEnumTable<Ue8m0>[] = {
    {Ue8m0::kRceil, "rceil", "Ue8m0::kRceil"},
    {Ue8m0::kFloor, "floor", "Ue8m0::kFloor"},
    {Ue8m0::kCeil, "ceil", "Ue8m0::kCeil"},
    {Ue8m0::kEven, "even", "Ue8m0::kEven"},
};
static_assert(enum_table_ordered<Ue8m0>());

enum class Grouping : uint8_t {
  kFlat,     // one matrix
  kBatched,  // equal matrices, each padded separately
  kMasked,   // as batched, with a count of valid rows per matrix
};

struct GroupingRow {
  Grouping value;
  std::string_view name;
};

template <>
inline constexpr GroupingRow kEnumTable<Grouping>[] = {
    {Grouping::kFlat, "flat"},
    {Grouping::kBatched, "batched"},
    {Grouping::kMasked, "masked"},
};
static_assert(enum_table_ordered<Grouping>());

// Programmatic dependent launch: when a kernel lets its successor start. The wait is always there.
enum class Pdl : uint8_t { kOff, kTriggerLast, kTriggerFirst };

struct PdlRow {
  Pdl value;
  std::string_view name;
  std::string_view template_name;  // how templates/ spells it
};

template <>
inline constexpr PdlRow kEnumTable<Pdl>[] = {
    {Pdl::kOff, "0", "Pdl::kOff"},
    {Pdl::kTriggerLast, "1", "Pdl::kTriggerLast"},
    {Pdl::kTriggerFirst, "2", "Pdl::kTriggerFirst"},
};
static_assert(enum_table_ordered<Pdl>());

}  // namespace fp4jit
