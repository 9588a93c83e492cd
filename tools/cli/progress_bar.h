// What: a progress bar on a terminal, redrawn in place at the foot of the output, with the rate and
// the time left; nothing anywhere else.
// Threads: one at a time; the caller locks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>

namespace fp4jit::cli {

class ProgressBar {
 public:
  // Draws on `terminal` if that is one and `wanted`.
  ProgressBar(FILE* terminal, size_t total, bool wanted);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void clear() const;  // before a line is printed
  void draw(size_t done);

 private:
  std::string pace(size_t done) const;  // ", 38.2/s, 4 s left"

  FILE* terminal_;  // null: draws nothing
  size_t total_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace fp4jit::cli
