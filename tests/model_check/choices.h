// What: depth-first search over what a run may choose: the run is repeated, each time with the next
// sequence of choices, until there is none left.
// Threads: one.
#pragma once

#include <cstddef>
#include <vector>

namespace fp4jit::model_check {

class Choices {
 public:
  // One of 0 .. options - 1; the first run gets 0 everywhere.
  size_t choose(size_t options) {
    if (options == 1) return 0;
    if (depth_ == taken_.size()) taken_.push_back({0, options});
    is_repeatable_ = is_repeatable_ && taken_[depth_].options == options;
    return taken_[depth_++].chosen;
  }

  // False: all sequences were taken.
  bool next() {
    is_repeatable_ = is_repeatable_ && depth_ == taken_.size();
    depth_ = 0;
    while (!taken_.empty() && taken_.back().chosen + 1 == taken_.back().options) taken_.pop_back();
    if (taken_.empty()) return false;
    ++taken_.back().chosen;
    return true;
  }

  // False: two runs with the same choices differed, so the search proves nothing.
  bool is_repeatable() const { return is_repeatable_; }

 private:
  struct Choice {
    size_t chosen, options;
  };
  std::vector<Choice> taken_;
  size_t depth_ = 0;
  bool is_repeatable_ = true;
};

}  // namespace fp4jit::model_check
