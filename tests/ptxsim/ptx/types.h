// What: the fundamental types of PTX.
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ptxsim::ptx {

struct Type {
  uint32_t bits;  // 1 of .pred
  bool is_float;
};

// ".b32", ".f16x2", ".pred" …; nothing for a word that is no type.
std::optional<Type> find_type(std::string_view dot_word);

}  // namespace ptxsim::ptx
