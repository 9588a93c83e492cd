// What: names of enumerators, both ways. Each enum has one table, a specialisation of kEnumTable,
// and every switch that would repeat it looks the table up instead.
// Threads: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fp4jit {

// Rows are structs that begin with { Enum value; std::string_view name; } in the enum's own order.
// A specialisation is `inline constexpr XRow kEnumTable<X>[] = {…}`.
template <class Enum>
inline constexpr int kEnumTable = 0;

template <class Enum>
constexpr const auto& enum_row(Enum value) {
  return kEnumTable<Enum>[static_cast<size_t>(value)];
}

template <class Enum>
constexpr std::string_view enum_name(Enum value) {
  return enum_row(value).name;
}

template <class Enum>
constexpr std::optional<Enum> enum_parse(std::string_view name) {
  for (const auto& row : kEnumTable<Enum>) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

// Whether a number from outside is an enumerator.
template <class Enum>
constexpr bool enum_valid(int value) {
  return value >= 0 && static_cast<size_t>(value) < std::size(kEnumTable<Enum>);
}

// "linear, 128x4, 8x4"
template <class Enum>
std::string enum_names() {
  std::string names;
  for (const auto& row : kEnumTable<Enum>) {
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

// Holds for a table whose rows stand in the enum's order, so that enum_row can index it.
template <class Enum>
constexpr bool enum_table_ordered() {
  size_t index = 0;
  for (const auto& row : kEnumTable<Enum>) {
    if (static_cast<size_t>(row.value) != index++) return false;
  }
  return true;
}

}  // namespace fp4jit
