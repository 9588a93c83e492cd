// What: PTXSIM_TRACE=block:thread ("3:17", numbers counted along x first) prints each instruction
// that the thread runs, with the registers it wrote, to stderr.
// Threads: any.
#pragma once

#include <cstdint>
#include <optional>

namespace ptxsim {

class Warp;
struct Instruction;

struct TracedThread {
  uint64_t block;
  uint32_t thread;
};

// From the environment, read once; none where it is not set or not of that form.
std::optional<TracedThread> traced_thread();

void trace(const Warp& warp, const Instruction& instruction, int lane);

}  // namespace ptxsim
