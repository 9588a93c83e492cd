#include "base/thread_counts.h"

#include <pthread.h>

#include <mutex>

namespace fp4jit {

thread_local constinit CurrentCountLine current_count_line;

struct CountLines {
  std::atomic<size_t> references{1};  // the ThreadCounts, and each line that is taken
  std::atomic<bool> retired{false};   // the ThreadCounts is gone
  uint64_t serial = 0;                // its number
  CountLine own[ThreadCounts::kLines];
  CountLine shared;
};

namespace {

std::atomic<uint64_t> last_serial{0};

// Holds the first of the lines that a thread owns. A key and no thread_local object, whose
// destructor could not be registered without allocating.
pthread_key_t thread_lines;
std::once_flag key_tried;
bool key_made = false;  // a process may have used up its keys

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

// This thread's line of `lines`, if it owns one. Gives back on the way what belongs to nobody else.
CountLine* owned_line(const CountLines* lines) {
  auto* first = static_cast<CountLine*>(pthread_getspecific(thread_lines));
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
  if (first != kept) pthread_setspecific(thread_lines, kept);
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
  CountLine* line = key_made ? free_line(lines) : nullptr;
  if (line == nullptr) return nullptr;
  line->next_of_thread = static_cast<CountLine*>(pthread_getspecific(thread_lines));
  if (pthread_setspecific(thread_lines, line) != 0) {
    line->taken.store(false, std::memory_order_release);
    return nullptr;
  }
  lines->references.fetch_add(1, std::memory_order_relaxed);
  return line;
}

}  // namespace

ThreadCounts::ThreadCounts() : serial_(last_serial.fetch_add(1) + 1), lines_(new CountLines) {
  std::call_once(key_tried, [] { key_made = pthread_key_create(&thread_lines, end_thread) == 0; });
  for (CountLine& line : lines_->own) line.lines = lines_;
  lines_->shared.shared = true;
}

ThreadCounts::~ThreadCounts() {
  lines_->retired.store(true, std::memory_order_release);
  drop(lines_);
}

CountLine* ThreadCounts::take_line() {
  CountLine* line = key_made ? owned_line(lines_) : nullptr;
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
