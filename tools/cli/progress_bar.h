// What: a progress bar on a terminal, redrawn in place at the foot of the output; nothing anywhere
// else.
// Threads: one at a time; the caller locks.
#pragma once

#include <cstddef>
#include <cstdio>

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
  FILE* terminal_;  // null: draws nothing
  size_t total_;
};

}  // namespace fp4jit::cli
