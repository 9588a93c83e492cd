// What: the profiler's entries. Their own header is not in every package that has cuda.h.
// Threads: any.
#pragma once

#include <cuda.h>

#pragma GCC visibility push(default)
extern "C" {
CUresult CUDAAPI cuProfilerStart(void);
CUresult CUDAAPI cuProfilerStop(void);
}
#pragma GCC visibility pop
