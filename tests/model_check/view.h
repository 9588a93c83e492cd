// What: what one model thread knows of the others: how far into each of them it happens after, and
// for each atomic the oldest store that it may still read.
// Threads: a value.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fp4jit::model_check {

inline constexpr size_t kMaxThreads = 5;  // the one that starts the others is thread 0

// Where in a thread something happened.
struct Event {
  size_t thread = 0;
  uint32_t time = 0;
};

struct View {
  std::array<uint32_t, kMaxThreads> clock{};
  std::vector<size_t> oldest;  // by the atomic's number; 0 beyond the end

  bool is_after(Event event) const { return clock[event.thread] >= event.time; }

  size_t oldest_of(size_t atomic) const { return atomic < oldest.size() ? oldest[atomic] : 0; }
  void saw(size_t atomic, size_t store) {
    if (atomic >= oldest.size()) oldest.resize(atomic + 1);
    oldest[atomic] = std::max(oldest[atomic], store);
  }

  void join(const View& other) {
    for (size_t i = 0; i < kMaxThreads; ++i) clock[i] = std::max(clock[i], other.clock[i]);
    for (size_t i = 0; i < other.oldest.size(); ++i) saw(i, other.oldest[i]);
  }
};

}  // namespace fp4jit::model_check
