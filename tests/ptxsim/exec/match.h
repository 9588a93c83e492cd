// What: one PTX instruction to one row of the table, its operands to slots.
// Threads: pure, but for the slots that it adds.
// Errors: Match::error says what is unknown or does not fit, in words for a message that has line
// and text already.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/ptxsim/exec/decode.h"
#include "tests/ptxsim/isa/row.h"

namespace ptxsim {

// Slots of literals and special registers, each made once.
class SlotTable {
 public:
  explicit SlotTable(Program* program) : program_(program) {}
  uint32_t constant(uint64_t bits);
  uint32_t special(uint64_t (*value)(Warp& warp, int lane));

 private:
  Program* program_;
  std::map<uint64_t, uint32_t> constants_;
  std::map<uint64_t (*)(Warp&, int), uint32_t> specials_;
};

// A function's registers as slots, and its names.
struct Frame {
  struct Register {
    uint32_t slot, bits;
  };
  std::vector<Register> registers;
  Symbols names;
};

struct Match {
  Instruction instruction;
  std::string error;
};

Match match_instruction(const ptx::Instruction& source, const Frame& frame, SlotTable* slots);

}  // namespace ptxsim
