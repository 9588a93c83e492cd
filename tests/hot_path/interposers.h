// What: counts of the calls that this process makes to the functions which a hot path must not
// call: allocation, locks, environment, clocks, files, the loader. This program defines them
// itself, and so gets the calls of every library in it.
// Threads: what is counted may run on any thread; start and stop are for one.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace fp4jit::hot_path {

// Sets all counts to zero and counts from now on.
void start_counting();

// Function -> calls since start_counting, without those that were not called.
std::map<std::string, uint64_t> stop_counting();

}  // namespace fp4jit::hot_path
