#include "host/parallel_rows.h"

#include <algorithm>
#include <thread>

#include "base/parallel.h"

namespace fp4jit::host {
namespace {

constexpr int64_t kElementsPerThread = 1 << 20;  // about a millisecond, many times a thread's start

}  // namespace

int useful_threads(int64_t elements) {
  int64_t cores = std::max(1u, std::thread::hardware_concurrency());
  return static_cast<int>(std::clamp<int64_t>(elements / kElementsPerThread, 1, cores));
}

void parallel_rows(int64_t rows, int threads, const std::function<void(int64_t, int64_t)>& work) {
  const int64_t parts = std::clamp<int64_t>(rows, 1, threads);
  auto boundary = [&](int64_t part) { return rows / parts * part + std::min(part, rows % parts); };
  parallel_for(static_cast<size_t>(parts), static_cast<int>(parts), [&](size_t index) {
    const auto part = static_cast<int64_t>(index);
    work(boundary(part), boundary(part + 1));
  });
}

}  // namespace fp4jit::host
