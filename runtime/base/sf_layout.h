// What: how the scale factors (one byte per block of sf_vec_size values) lie in memory.
// With n scale columns, the byte of row m and column c stands at
//   linear   m*n + c
//   128x4    (m/128)*ceil(n/4)*512 + (c/4)*512 + (m%32)*16 + ((m%128)/32)*4 + c%4
//   8x4      (m/8)*ceil(n/4)*32    + (c/4)*32  + (m%8)*4 + c%4
// Padding rows and columns of the last two are part of the buffer and hold zero.
// Source: quantisation operators of TensorRT-LLM and FlashInfer, names as there.
#pragma once

#include <cstdint>

#include "base/enum_table.h"

namespace fp4jit {

enum class SfLayout : uint8_t { kLinear, k128x4, k8x4 };

struct SfLayoutRow {
  SfLayout value;
  std::string_view name;
  int row_multiple;                // rows of the buffer are padded to a multiple of this
  int column_multiple;             // and scale columns to a multiple of this
  std::string_view template_name;  // how templates/ spells it
};

template <>
inline constexpr SfLayoutRow kEnumTable<SfLayout>[] = {
    {SfLayout::kLinear, "linear", 1, 1, "SfLayout::kLinear"},
    {SfLayout::k128x4, "128x4", 128, 4, "SfLayout::k128x4"},
    {SfLayout::k8x4, "8x4", 8, 4, "SfLayout::k8x4"},
};
static_assert(enum_table_ordered<SfLayout>());

}  // namespace fp4jit
