// What: for tests: one instruction in all lanes of a warp, each with its own operands and member
// mask, against an oracle of one lane: with whole warps, with lanes left out, and with several
// teams that execute it together.
// Threads: pure.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <random>

#include "tests/ptxsim/isa/row.h"

namespace ptxsim {

// What a lane has that does not execute the instruction.
inline constexpr uint32_t kUntouched = 0xDEADBEEF;

// One lane's operands; `members` 0: it does not execute the instruction.
struct Lane {
  uint64_t a = 0, b = 0, c = 0, members = 0;
};
using Lanes = std::array<Lane, 32>;

struct LaneResult {
  uint32_t value = kUntouched;
  uint32_t predicate = 0;
};
// Of one lane of a team; `team` are the lanes that execute together.
using LaneOracle = std::function<LaneResult(const Lanes& lanes, uint32_t team, uint32_t lane)>;

// Gives a lane its operands; its `members` are there already.
using DrawLane = std::function<void(Lane* own, uint32_t lane, std::mt19937* random)>;

// Many warps. The row's first operand is its result, the last the member mask, those between are
// the lane's a, b and c; a predicate is a's lowest bit.
void check_lanes(const isa::Row& row, const LaneOracle& oracle, const DrawLane& draw);

inline bool holds(uint32_t mask, uint32_t lane) {
  return (mask >> lane & 1) != 0;
}

}  // namespace ptxsim
