#include "tests/ptxsim/machine/launch.h"

namespace ptxsim {

void Launch::report(FindingKind kind, const std::string& what, const Place& place) {
  std::lock_guard lock(mutex_);
  if (stopped()) return;
  code_ = finding_row(kind).code;
  print(finding_text(kind, what, place));
  stopped_.store(true, std::memory_order_relaxed);
}

void Launch::remember(const Touch& touch, const Place& place) {
  constexpr size_t kMost = 1 << 16;  // of a kernel that does more than a prologue, enough to tell
  std::lock_guard lock(mutex_);
  if (touches_.size() < kMost) touches_.emplace_back(touch, place);
}

void Launch::check_touches() {
  for (const auto& [touch, place] : touches_) {
    const std::string what = memory->touched_before_wait(touch, withheld_before_wait);
    if (!what.empty()) return report(FindingKind::kBeforeWait, what, place);
  }
  touches_.clear();
}

}  // namespace ptxsim
