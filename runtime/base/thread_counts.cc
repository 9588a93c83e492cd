#include "base/thread_counts.h"

#include "base/thread_key.h"

namespace fp4jit {

thread_local constinit CurrentCountLine current_count_line;

struct CountLines {
  std::atomic<size_t> references{1};  // the ThreadCounts, and each line that is taken
  std::atomic<bool> retired{false};   // the ThreadCounts is gone
  CountLine own[ThreadCounts::kLines];
  CountLine shared;
};

namespace {

std::atomic<uint64_t> last_serial{0};

void drop(CountLines* lines) {
  if (lines->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete lines;
}

void give_back(CountLine* line) {
  CountLines* lines = line->lines;
  line->taken.store(false, std::memory_order_release);
  drop(lines);
}

void end_thread(void* first) {
  current_count_line = {};
  for (auto* line = static_cast<CountLine*>(first); line != nullptr;) {
    CountLine* next = line->next_of_thread;
    give_back(line);
    line = next;
  }
}

// The first of the lines that a thread owns.
constinit ThreadKey thread_lines(end_thread);

// This thread's line of `lines`, if it owns one. Gives back on the way what belongs to nobody else.
CountLine* owned_line(const CountLines* lines) {
  auto* first = static_cast<CountLine*>(thread_lines.get());
  CountLine* found = nullptr;
  CountLine* kept = nullptr;
  for (CountLine* line = first; line != nullptr;) {
    CountLine* next = line->next_of_thread;
    if (line->lines == lines) found = line;
    if (line->lines->retired.load(std::memory_order_acquire)) {
      give_back(line);
    } else {
      line->next_of_thread = kept;
      kept = line;
    }
    line = next;
  }
  if (first != kept) thread_lines.set(kept);
  return found;
}

CountLine* free_line(CountLines* lines) {
  for (CountLine& line : lines->own) {
    bool taken = false;
    if (line.taken.compare_exchange_strong(taken, true, std::memory_order_acquire)) return &line;
  }
  return nullptr;
}

// Null where no line is free, or this thread's end would go unseen.
CountLine* claim_line(CountLines* lines) {
  CountLine* line = free_line(lines);
  if (line == nullptr) return nullptr;
  line->next_of_thread = static_cast<CountLine*>(thread_lines.get());
  if (!thread_lines.set(line)) {
    line->taken.store(false, std::memory_order_release);
    return nullptr;
  }
  lines->references.fetch_add(1, std::memory_order_relaxed);
  return line;
}

}  // namespace

ThreadCounts::ThreadCounts() : serial_(last_serial.fetch_add(1) + 1), lines_(new CountLines) {
  thread_lines.get();  // made now, when there may be locks and memory
  for (CountLine& line : lines_->own) line.lines = lines_;
  lines_->shared.shared = true;
}

ThreadCounts::~ThreadCounts() {
  lines_->retired.store(true, std::memory_order_release);
  drop(lines_);
}

CountLine* ThreadCounts::take_line() {
  CountLine* line = owned_line(lines_);
  if (line == nullptr) line = claim_line(lines_);
  if (line == nullptr) line = &lines_->shared;
  current_count_line = {serial_, line};
  return line;
}

uint64_t ThreadCounts::total(Count count) const {
  auto value = [&](const CountLine& line) {
    return line.values[static_cast<size_t>(count)].load(std::memory_order_relaxed);
  };
  uint64_t sum = value(lines_->shared);
  for (const CountLine& line : lines_->own) sum += value(line);
  return sum;
}

}  // namespace fp4jit
