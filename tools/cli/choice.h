// What: a flag's text as one of an enum's names.
// Threads: pure.
// Errors: kInvalidArgument, naming the flag, the text, and what is allowed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_table.h"
#include "base/format.h"
#include "base/nearest.h"
#include "base/status.h"

namespace fp4jit::cli {

// Nothing for "", which is a flag that was left out.
template <class Enum>
Result<std::optional<Enum>> parse_choice(const char* flag, const std::string& text) {
  if (text.empty()) return std::optional<Enum>();
  if (std::optional<Enum> value = enum_parse<Enum>(text)) return value;
  std::vector<std::string_view> names;
  for (const auto& row : kEnumTable<Enum>) names.push_back(row.name);
  return Status(StatusCode::kInvalidArgument,
                formatted("{} must be one of {}; it is '{}'{}", flag, fmt::join(names, ", "), text,
                          did_you_mean(text, names)));
}

}  // namespace fp4jit::cli
