#include "tests/ptxsim/machine/launch.h"

namespace ptxsim {

namespace {

// Of a number that counts along x first, then y.
uint32_t index_of(uint64_t number, const uint32_t (&shape)[3], int axis) {
  if (axis == 0) return static_cast<uint32_t>(number % shape[0]);
  const uint64_t rest = number / shape[0];
  return static_cast<uint32_t>(axis == 1 ? rest % shape[1] : rest / shape[1]);
}

}  // namespace

uint32_t Launch::thread_index(uint32_t thread, int axis) const {
  return index_of(thread, block, axis);
}

Place Launch::place_of(const Spot& spot) const {
  Place place{program->name, spot.instruction->line, program->texts[spot.instruction->source]};
  for (int axis = 0; axis < 3; ++axis) {
    place.block[axis] = index_of(spot.block, grid, axis);
    place.thread[axis] = index_of(spot.thread, block, axis);
  }
  return place;
}

void Launch::report(FindingKind kind, const std::string& what, const Spot& spot) {
  std::lock_guard lock(mutex_);
  if (stopped()) return;
  code_ = finding_row(kind).code;
  print(finding_text(kind, what, place_of(spot)));
  stopped_.store(true, std::memory_order_relaxed);
}

void Launch::remember(const Touch& touch, const Spot& spot) {
  constexpr size_t kMost = 1 << 20;  // of a kernel that does more than a prologue, enough to tell
  std::lock_guard lock(mutex_);
  if (touches_.size() < kMost) touches_.emplace_back(touch, spot);
}

void Launch::check_touches() {
  for (const auto& [touch, spot] : touches_) {
    const std::string what = memory->written_by(touch, withheld_before_wait);
    if (what.empty()) continue;
    return report(FindingKind::kBeforeWait, what + before_wait_text(), spot);
  }
  touches_.clear();
}

std::string Launch::before_wait_text() {
  return ", and may still be running: this thread has not executed griddepcontrol.wait";
}

std::string Launch::after_wait_text() {
  return ", and may still be running after griddepcontrol.wait: a launch between the two never "
         "waited for it";
}

}  // namespace ptxsim
