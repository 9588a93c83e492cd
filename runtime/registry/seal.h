// What: how far a runtime may go on a miss.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/enum_table.h"

namespace fp4jit {

enum class Seal : uint8_t {
  kOff,   // store, compiler and driver
  kSoft,  // store and driver: nothing is compiled
  kHard,  // look-ups alone
};

struct SealRow {
  Seal value;
  std::string_view name;
};

template <>
inline constexpr SealRow kEnumTable<Seal>[] = {
    {Seal::kOff, "off"},
    {Seal::kSoft, "soft"},
    {Seal::kHard, "hard"},
};
static_assert(enum_table_ordered<Seal>());

}  // namespace fp4jit
