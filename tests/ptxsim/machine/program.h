// What: a kernel ready to run: its instructions, the register file that they need, and what stands
// in it at the start.
// Threads: immutable after decoding.
#pragma once

#include <string>
#include <vector>

#include "tests/ptxsim/machine/instruction.h"

namespace ptxsim {

struct Program {
  struct Constant {
    uint32_t slot;
    uint64_t bits;
  };
  // A special register, the same for the whole run of a thread.
  struct Special {
    uint32_t slot;
    uint64_t (*value)(Warp& warp, int lane);
  };

  std::string name;
  std::vector<Instruction> instructions;  // the last one exits
  std::vector<std::string> texts;         // of the instructions, for messages
  uint32_t value_slots = 1, predicate_slots = 2;
  std::vector<Constant> constants;
  std::vector<Special> specials;
  uint32_t local_bytes = 0, static_shared_bytes = 0;
  bool triggers = false;  // has griddepcontrol.launch_dependents
};

}  // namespace ptxsim
