// What: the special registers, one table: name, width, value of a lane.
// Threads: constants.
#pragma once

#include <cstdint>
#include <string_view>

namespace ptxsim {

class Warp;

struct SpecialRegister {
  std::string_view name;  // "%tid.x"
  uint32_t bits;
  uint64_t (*value)(Warp& warp, int lane);
};

// Null for one that is not modelled, clocks among them.
const SpecialRegister* find_special_register(std::string_view name);

}  // namespace ptxsim
