#include "launches.h"

#include <stdatomic.h>
#include <stddef.h>

#include "stubdriver.h"

enum { THREADS = 256, STREAMS = 64 };

/* One per thread, in cache lines of its own. */
static struct record {
  _Alignas(128) _Atomic uint64_t launches;
  stubdriver_launch last;
} records[THREADS];
static atomic_uint threads;

/* A stream that is taken never changes; its status does. */
static struct {
  _Atomic(void*) stream;
  atomic_int status;
  atomic_int taken;
} captures[STREAMS];
static _Atomic uint64_t queries;

static struct record* own_record(void) {
  /* In the thread's first block of memory: another model would allocate on a thread's first use. */
  static __thread struct record* mine __attribute__((tls_model("initial-exec")));
  if (!mine) {
    mine = &records[atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) % THREADS];
  }
  return mine;
}

void stubdriver_record_launch(const CUlaunchConfig* config, CUfunction kernel) {
  struct record* mine = own_record();
  atomic_fetch_add_explicit(&mine->launches, 1, memory_order_relaxed);
  mine->last.kernel = kernel;
  mine->last.stream = config->hStream;
  mine->last.grid[0] = config->gridDimX;
  mine->last.grid[1] = config->gridDimY;
  mine->last.grid[2] = config->gridDimZ;
  mine->last.attributes = config->numAttrs;
}

uint64_t stubdriver_launches(void) {
  uint64_t sum = 0;
  for (size_t i = 0; i < THREADS; ++i) {
    sum += atomic_load_explicit(&records[i].launches, memory_order_relaxed);
  }
  return sum;
}

stubdriver_launch stubdriver_last_launch(void) {
  return own_record()->last;
}

int stubdriver_set_capturing(void* stream, int status) {
  for (size_t i = 0; i < STREAMS; ++i) {
    int is_free = 0;
    if (atomic_compare_exchange_strong(&captures[i].taken, &is_free, 1)) {
      atomic_store(&captures[i].stream, stream);
    } else if (atomic_load(&captures[i].stream) != stream) {
      continue;
    }
    atomic_store(&captures[i].status, status);
    return 0;
  }
  return -1;
}

int stubdriver_capture_status(CUstream stream) {
  atomic_fetch_add_explicit(&queries, 1, memory_order_relaxed);
  for (size_t i = 0; i < STREAMS && atomic_load(&captures[i].taken); ++i) {
    if (atomic_load(&captures[i].stream) == (void*)stream) return atomic_load(&captures[i].status);
  }
  return CU_STREAM_CAPTURE_STATUS_NONE;
}

uint64_t stubdriver_capture_queries(void) {
  return atomic_load_explicit(&queries, memory_order_relaxed);
}
