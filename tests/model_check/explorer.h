// What: every execution of a small program that C++20's release and acquire allow, by search.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "tests/model_check/execution.h"

namespace fp4jit::model_check {

// What a program's threads saw, in the program's own order.
using Outcome = std::vector<int>;
// Makes its variables anew, runs its threads, and says what they saw.
using Program = std::function<Outcome(Execution&)>;

struct Explored {
  uint64_t executions = 0;
  uint64_t redundant = 0;          // further ones, given up on the way
  bool is_complete = false;        // there are no more
  std::optional<Failure> failure;  // of the first execution that failed, which is the last one
  std::set<Outcome> outcomes;
};

// Gives up, incomplete, after as many executions as `most`.
Explored explore(const Program& program, Search search = Search::kReduced,
                 uint64_t most = 2'000'000);

}  // namespace fp4jit::model_check
