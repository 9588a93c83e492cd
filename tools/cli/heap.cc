#include "tools/cli/heap.h"

#include <malloc.h>

#include <thread>

namespace fp4jit::cli {
namespace {

constexpr int kMiB = 1 << 20;
constexpr int kKeptPerThread = 16 * kMiB;  // more than one compile frees
constexpr int kMostThreads = 8;            // whose share still leaves the process small
// Smaller blocks come from the heap, larger ones from the kernel. Left alone, this threshold moves,
// but no more once any is set.
constexpr int kOwnMapping = 4 * kMiB;

}  // namespace

void keep_freed_memory(int threads) {
  int wanted = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
  if (wanted > kMostThreads) return;
  mallopt(M_TRIM_THRESHOLD, kKeptPerThread);
  mallopt(M_MMAP_THRESHOLD, kOwnMapping);
}

}  // namespace fp4jit::cli
