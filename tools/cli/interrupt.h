// What: Ctrl-C (and SIGTERM) as a flag, for as long as an Interrupt lives. The same signal a second
// time does what it did before.
// Threads: one Interrupt at a time; the flag may be read from anywhere.
#pragma once

#include <csignal>

#include <atomic>

namespace fp4jit::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const std::atomic<bool>* flag() const;
  bool raised() const { return flag()->load(std::memory_order_relaxed); }

 private:
  struct sigaction earlier_[2];
};

}  // namespace fp4jit::cli
