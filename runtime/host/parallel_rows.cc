#include "host/parallel_rows.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <vector>

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
  std::vector<std::thread> started;
  int64_t next = 1;  // part 0 is the caller's own
  try {
    for (; next < parts; ++next) {
      started.emplace_back(
          [&work, first = boundary(next), last = boundary(next + 1)] { work(first, last); });
    }
  } catch (const std::system_error&) {
    work(boundary(next), rows);  // no more threads to be had
  }
  work(0, boundary(1));
  for (std::thread& thread : started) thread.join();
}

}  // namespace fp4jit::host
