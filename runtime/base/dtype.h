// What: the element types of a kernel's input, one row each.
#pragma once

#include <cstdint>

#include "base/enum_table.h"

namespace fp4jit {

enum class Dtype : uint8_t { kF16, kBf16, kE4m3, kF32 };

struct DtypeRow {
  Dtype value;
  std::string_view name;
  int bytes;                       // of one element
  std::string_view template_name;  // how templates/ spells it
  std::string_view npy_descr;      // of the array that holds its bits
};

template <>
inline constexpr DtypeRow kEnumTable<Dtype>[] = {
    {Dtype::kF16, "f16", 2, "F16", "<f2"},
    {Dtype::kBf16, "bf16", 2, "Bf16", "<u2"},
    {Dtype::kE4m3, "e4m3", 1, "E4m3", "|u1"},
    {Dtype::kF32, "f32", 4, "F32", "<f4"},
};
static_assert(enum_table_ordered<Dtype>());

constexpr int dtype_bytes(Dtype dtype) {
  return enum_row(dtype).bytes;
}

}  // namespace fp4jit
