// What: what the parsers of the parts of a module share.
// Threads: one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/ptxsim/ptx/cursor.h"
#include "tests/ptxsim/ptx/module.h"
#include "tests/ptxsim/ptx/scopes.h"

namespace ptxsim::ptx {

inline constexpr uint64_t kMostRegisters = uint64_t{1} << 20;  // of one range
// Of names that stand in the text once and in the module often: branch targets, aliases.
inline constexpr uint64_t kMostCopiedBytes = uint64_t{1} << 26;
inline constexpr uint64_t kMostInitialBytes = uint64_t{1} << 26;  // of a module

struct ParserState {
  explicit ParserState(std::string_view text)
      : cursor(text), registers_left(kMostRegisters + text.size()) {}

  Cursor cursor;
  Scopes scopes;
  Module module;
  std::map<std::string, uint32_t, std::less<>> undefined_externs;  // variables, and their lines
  std::map<std::string, std::string, std::less<>> aliases;         // of functions

  // False after Cursor::fail() where a copy of the name would be one too many.
  bool may_copy(std::string_view name);

  // What the module may still ask for, so that a short text cannot fill the memory.
  uint64_t registers_left;
  uint64_t initial_bytes_left = kMostInitialBytes;
  uint64_t copied_bytes_left = kMostCopiedBytes;
};

// The function whose body is being read.
struct Body {
  Function& function;
  std::vector<std::vector<std::string_view>> branch_targets;    // the lists of .branchtargets
  std::unordered_map<std::string, uint32_t> variables_of_name;  // how many
};

}  // namespace ptxsim::ptx
