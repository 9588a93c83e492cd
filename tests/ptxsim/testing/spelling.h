// What: for tests: a floating-point instruction's name taken apart, for oracles that know what the
// parts mean and nothing of the table.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "tests/ptxsim/values/compare.h"

namespace ptxsim {

struct Spelling {
  std::string opcode;
  Mode mode;
  ExtremeMode extreme;
  bool integral = false;  // .rni, .rzi, …
  bool approximate = false, full = false;
  std::string comparison, join;    // "lt", "and"
  std::string property;            // of testp
  std::vector<std::string> types;  // "f32"; of cvt and set first the result's
};

Spelling spelling_of(const std::string& mnemonic);

// "f16x2" is two of "f16"; one of anything else.
int elements_of(const std::string& type);
std::string element_of(const std::string& type);
uint32_t bits_of(const std::string& element);

// The floating-point format of an element; its bias is 0 where it is an integer.
FloatFormat format_of(const std::string& element);

}  // namespace ptxsim
