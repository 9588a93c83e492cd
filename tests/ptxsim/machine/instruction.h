// What: an instruction as the executor runs it. Every operand is a slot of the warp's register
// file: a register, or a constant that stands in a slot of its own, special registers and literals
// included, so that no handler asks what an operand is.
// Threads: immutable after decoding.
#pragma once

#include <array>
#include <cstdint>

namespace ptxsim {

class Warp;
struct Instruction;
using Handler = void (*)(Warp& warp, const Instruction& instruction);

inline constexpr int kMostOperands = 17;  // eight values each way and an address

struct Instruction {
  Handler execute = nullptr;
  uint32_t guard = 0;  // a predicate slot; slot 0 is true
  bool guard_negated = false;
  uint8_t space = 0;     // ptx::Space of a memory access; kGenericSpace
  uint8_t elements = 1;  // of a vector
  uint8_t element_bytes = 0;
  uint8_t written = 0;              // how many of the slots, from the first, it writes
  bool synchronises_block = false;  // bar.sync
  uint32_t written_predicates = 0;  // bit i: written operand i is a predicate
  uint32_t negated = 0;             // bit i: predicate operand i is read as its opposite
  int64_t offset = 0;               // of an address
  uint32_t target = 0;              // of a branch
  uint32_t line = 0;                // in the PTX
  uint32_t source = 0;              // index of its text, Program::texts
  std::array<uint32_t, kMostOperands> slots = {};
};

inline constexpr uint8_t kGenericSpace = 0xFF;
// A destination that is written and never read: "_".
inline constexpr uint32_t kSinkPredicate = 1, kSinkValue = 0;
inline constexpr uint32_t kTruePredicate = 0;

}  // namespace ptxsim
