// What: the name of a record in a store: its key and its toolchain, as a path below objects/.
//   ab/<30 more digits of the key>-<NVRTC major.minor>.rec
// Threads: values.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "cache/record.h"

namespace fp4jit::cache {

inline constexpr std::string_view kObjectSuffix = ".rec";

struct ObjectName {
  Digest key;
  Toolchain toolchain;

  auto operator<=>(const ObjectName&) const = default;
  std::string folder() const;  // "ab"
  std::string file() const;    // "<30 digits>-13.0.rec"
};

// Takes what folder() and file() write, nothing else.
std::optional<ObjectName> parse_object_name(std::string_view folder, std::string_view file);

}  // namespace fp4jit::cache
