#include "tools/cli/progress_bar.h"

#include <unistd.h>

#include <string>

#include "base/format.h"

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
  print_formatted(terminal_, "\r\x1b[K");  // to the line's start, then erase to its end
  std::fflush(terminal_);
}

std::string ProgressBar::pace(size_t done) const {
  std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
  if (done == 0 || passed.count() <= 0) return "";
  double rate = static_cast<double>(done) / passed.count();
  return formatted(", {:.1f}/s, {:.0f} s left", rate, static_cast<double>(total_ - done) / rate);
}

void ProgressBar::draw(size_t done) {
  if (!terminal_) return;
  constexpr size_t kCells = 40;
  size_t filled = kCells * done / total_;
  print_formatted(terminal_, "\r[{}{}] {}/{}{}\x1b[K", std::string(filled, '#'),
                  std::string(kCells - filled, '.'), done, total_, pace(done));
  std::fflush(terminal_);
}

}  // namespace fp4jit::cli
