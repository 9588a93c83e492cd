#include "tools/cli/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <string>

namespace fp4jit::cli {

ProgressBar::ProgressBar(FILE* terminal, size_t total, bool wanted)
    : terminal_(wanted && total > 0 && isatty(fileno(terminal)) ? terminal : nullptr),
      total_(total) {
  draw(0);
}

ProgressBar::~ProgressBar() {
  clear();
}

void ProgressBar::clear() const {
  if (!terminal_) return;
  fmt::print(terminal_, "\r\x1b[K");  // to the line's start, then erase to its end
  std::fflush(terminal_);
}

void ProgressBar::draw(size_t done) {
  if (!terminal_) return;
  constexpr size_t kCells = 40;
  size_t filled = kCells * done / total_;
  fmt::print(terminal_, "\r[{}{}] {}/{}", std::string(filled, '#'),
             std::string(kCells - filled, '.'), done, total_);
  std::fflush(terminal_);
}

}  // namespace fp4jit::cli
