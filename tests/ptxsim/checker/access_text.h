// What: the words of findings about memory: what was accessed, and where that lies among the
// allocations.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>

#include "tests/ptxsim/checker/allocations.h"

namespace ptxsim {

std::string hex(uint64_t value);

// "load of 4 bytes"
std::string access_text(const char* verb, uint32_t bytes);
// "load of 4 bytes at 0x7f00, offset 36 of allocation #2 (64 bytes at 0x7edc, cuMemAlloc)", or "…,
// 8 bytes past the end of allocation …", or what else is near.
std::string access_text(const char* verb, uint32_t bytes, uint64_t address,
                        const Allocations& allocations);
// "thread 5 of block 2", both counted along x first.
std::string thread_text(uint64_t block, uint32_t thread);

}  // namespace ptxsim
