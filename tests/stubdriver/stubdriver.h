/* A libcuda.so.1 of a few GPUs that loads and launches anything and runs nothing. cuLaunchKernelEx
 * and cuStreamIsCapturing make no system call, take no lock and allocate nothing, so that what a
 * test counts between them is fp4jit's.
 *
 * The environment says what it plays. It is read when a table of entries begins to be filled
 * (cuGetProcAddress of cuInit) and in cuInit, and never by a launch:
 *   STUBDRIVER_DEVICES  2      how many GPUs
 *   STUBDRIVER_SM       100    their compute capability
 *   STUBDRIVER_VERSION  13000  the driver's
 *   STUBDRIVER_INIT     0      what cuInit answers
 *   STUBDRIVER_LACKS    ""     an entry that it has not
 *   STUBDRIVER_DELAY    0      milliseconds before the first entry of a table
 *   STUBDRIVER_BREAK    ""     what every launch does on purpose: see stubdriver_break
 *
 * The functions below are for tests in the same process, which link this library. */
#ifndef STUBDRIVER_H
#define STUBDRIVER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STUBDRIVER_API __attribute__((visibility("default")))

/* Launches of all threads since the process began. Exact once those threads have been joined, or
 * seen to be done with acquire. */
STUBDRIVER_API uint64_t stubdriver_launches(void);

/* The calling thread's last launch. Threads share a record from the 257th on. */
typedef struct stubdriver_launch {
  void* kernel;
  void* stream;
  uint32_t grid[3];
  uint32_t attributes; /* how many launch attributes it had */
} stubdriver_launch;
STUBDRIVER_API stubdriver_launch stubdriver_last_launch(void);

/* What cuStreamIsCapturing says of the stream from now on: a CUstreamCaptureStatus; or a CUresult
 * from 900 on, which the query then returns itself. At most 64 streams; -1: that was one more. */
STUBDRIVER_API int stubdriver_set_capturing(void* stream, int status);

/* How often cuLibraryLoadData was called. */
STUBDRIVER_API uint64_t stubdriver_libraries(void);

/* How often cuStreamIsCapturing was called. */
STUBDRIVER_API uint64_t stubdriver_capture_queries(void);

/* What every launch does from now on: malloc, mutex, rwlock, cond, once, getenv, clock_gettime,
 * open, stat, read, dlsym, syscall, new; or "" for nothing. -1 for any other word. */
STUBDRIVER_API int stubdriver_break(const char* what);

#ifdef __cplusplus
}
#endif

#endif
