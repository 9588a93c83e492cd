// What: counts of what happens too often for a shared counter: each thread adds to a cache line of
// its own, with no atomic read-modify-write, and whoever asks sums the lines up.
// Threads: add may be called from any thread at any time, total likewise. A total is exact for
// everything that happened before it was asked for.
// Memory: the lines are made with the ThreadCounts, kLines of them: a thread's first add takes a
// free one, and its end gives it back with the count on it, which the next owner goes on from. No
// add allocates or calls the system; but glibc allocates once for a thread, where the process had
// made 32 pthread keys before. When all are taken, further threads share one line, atomically.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace fp4jit {

enum class Count : uint8_t { kHit, kLaunch, kEnd };

struct CountLines;

// A cache line of counts, of one thread at a time.
struct alignas(64) CountLine {
  std::atomic<uint64_t> values[static_cast<size_t>(Count::kEnd)] = {};
  std::atomic<bool> taken{false};
  bool shared = false;                  // by all threads that came too late
  CountLine* next_of_thread = nullptr;  // the next line that the same thread owns
  CountLines* lines = nullptr;          // that it is one of
};

// The line that this thread used last. Initial-exec: reading it is no call, and never allocates.
struct CurrentCountLine {
  uint64_t owner = 0;  // ThreadCounts::serial_
  CountLine* line = nullptr;
};
extern thread_local constinit CurrentCountLine current_count_line
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

class ThreadCounts {
 public:
  static constexpr size_t kLines = 128;

  ThreadCounts();
  ~ThreadCounts();
  ThreadCounts(const ThreadCounts&) = delete;
  ThreadCounts& operator=(const ThreadCounts&) = delete;

  void add(Count count) {
    CountLine* line = current_count_line.line;
    if (current_count_line.owner != serial_) [[unlikely]]
      line = take_line();
    std::atomic<uint64_t>& value = line->values[static_cast<size_t>(count)];
    if (line->shared) [[unlikely]] {
      value.fetch_add(1, std::memory_order_relaxed);
    } else {
      value.store(value.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }

  uint64_t total(Count count) const;

 private:
  CountLine* take_line();

  uint64_t serial_;    // never used again in this process
  CountLines* lines_;  // outlives this while a thread still owns one of them
};

}  // namespace fp4jit
