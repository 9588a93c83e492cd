// What: the literals of PTX: decimal, 0x, 0b and octal integers, perhaps with U; 0f and 0d bit
// patterns; decimal floats, which are double.
// Threads: pure.
// Errors: nothing for text that is no literal or does not fit 64 bits.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ptxsim::ptx {

struct Literal {
  uint64_t bits = 0;
  uint32_t float_bits = 0;  // 32 of 0f…, 64 of 0d… and of decimal floats, 0 of an integer
};

std::optional<Literal> parse_literal(std::string_view text);

// "-" before it.
Literal negated(const Literal& literal);

}  // namespace ptxsim::ptx
