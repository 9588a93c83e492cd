// What: the specs that the proof and the benchmarks of the hot path run over: more than 64, of
// every format and layout, with a run-time K among them.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

namespace fp4jit::bench {

// K of a launch whose spec has none of its own.
inline constexpr int kRunTimeK = 1024;

// Canonical texts, for sm_100a.
std::vector<std::string> hot_spec_texts();

// Where their artifacts are kept between runs, so that only the first one compiles.
inline constexpr const char* kHotStore = FP4JIT_BUILD_DIR "/hot_path_store";

// A driver that launches nothing.
inline constexpr const char* kStubDriver = FP4JIT_BUILD_DIR "/tests/stubdriver/libcuda.so.1";

}  // namespace fp4jit::bench
