// What: one lane's access to memory of any space: which memory it is, whether it may be touched now
// (griddepcontrol.wait), and what to report when it may not.
// Threads: called for a warp by the host thread that runs it.
#pragma once

#include <functional>

#include "tests/ptxsim/machine/block.h"
#include "tests/ptxsim/ptx/module.h"

namespace ptxsim::isa {

// Where generic addresses of shared and of local memory begin; both windows hold 2^32 bytes.
inline constexpr uint64_t kSharedWindow = uint64_t{1} << 60;
inline constexpr uint64_t kLocalWindow = uint64_t{1} << 61;

// Whether the address, as the instruction has it, is in shared memory.
bool is_shared(const Instruction& instruction, uint64_t address);

// False where the access was a finding, which has stopped the launch.
bool load_bytes(Warp& warp, const Instruction& instruction, int lane, uint64_t address, void* to,
                uint32_t bytes);
bool store_bytes(Warp& warp, const Instruction& instruction, int lane, uint64_t address,
                 const void* from, uint32_t bytes);
bool modify_bytes(Warp& warp, const Instruction& instruction, int lane, uint64_t address,
                  uint32_t bytes, const std::function<void(void*)>& change);

}  // namespace ptxsim::isa
