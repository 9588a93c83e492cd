// What: time spent, over all threads.
// Threads: any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace fp4jit {

class TimeSum {
 public:
  // Adds its own life.
  class Span {
   public:
    explicit Span(TimeSum& sum) : sum_(sum) {}
    ~Span() {
      auto spent = std::chrono::steady_clock::now() - began_;
      sum_.nanoseconds_.fetch_add(static_cast<uint64_t>(std::chrono::nanoseconds(spent).count()),
                                  std::memory_order_relaxed);
    }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    TimeSum& sum_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  };

  double seconds() const {
    return static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) * 1e-9;
  }

 private:
  std::atomic<uint64_t> nanoseconds_{0};
};

}  // namespace fp4jit
