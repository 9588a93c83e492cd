// What: one loop over rows, spread over threads.
// Threads: `work` runs on several at once, on ranges that do not meet; all are joined at return.
// Errors: none; where no thread can be started, the caller's does the work.
#pragma once

#include <cstdint>
#include <functional>

namespace fp4jit::host {

// How many threads are worth their start for so many elements: 1 up to all cores.
int useful_threads(int64_t elements);

// Calls work(first, last) for ranges that cover [0, rows) once, on up to `threads` threads.
void parallel_rows(int64_t rows, int threads, const std::function<void(int64_t, int64_t)>& work);

}  // namespace fp4jit::host
