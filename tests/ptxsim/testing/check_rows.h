// What: for tests: every row of a family of instructions on many operands, against oracles that
// know a mnemonic's meaning and nothing of the table.
// Threads: pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/ptxsim/isa/row.h"

namespace ptxsim {

struct Expected {
  uint64_t first;
  uint64_t second = 0;  // of "p|q"
};

// What one case gives; nothing where the manual leaves it open. Operands come with the bits above
// their width cut off, results are compared likewise.
using Oracle = std::function<std::optional<Expected>(const std::vector<uint64_t>& operands)>;
// An empty one where there is none, which fails the test.
using FindOracle = std::function<Oracle(const isa::Row& row)>;

void check_rows(const isa::Rows& rows, const FindOracle& find);

// 0, powers of two and their neighbours up to all ones, by width.
std::vector<uint64_t> boundaries(uint32_t bits);

// "add.sat.s32" as {"add", "sat", "s32"}.
std::vector<std::string> parts_of(const std::string& mnemonic);

// The low bits, the rest zero.
uint64_t low_bits(uint64_t value, uint32_t bits);

}  // namespace ptxsim
