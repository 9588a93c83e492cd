#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "base/no_cancel.h"

namespace fp4jit {

void parallel_for(size_t count, int threads, const std::function<void(size_t)>& body,
                  const std::function<void()>& at_end) {
  size_t wanted = threads > 0 ? static_cast<size_t>(threads) : std::thread::hardware_concurrency();
  size_t workers = std::clamp<size_t>(wanted, 1, std::max<size_t>(count, 1));
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) body(i);
  };
  auto work_and_end = [&] {
    work();
    if (at_end) at_end();
  };
  NoCancel no_cancel;  // threads that are not joined would end the process
  std::vector<std::thread> pool;
  pool.reserve(workers);
  try {
    while (pool.size() + 1 < workers) pool.emplace_back(work_and_end);
  } catch (const std::exception&) {
    // No more threads to be had: those that started do all of it.
  }
  work();
  for (std::thread& thread : pool) thread.join();
}

}  // namespace fp4jit
