// What: for tests: one instruction on many operands, through parser, decoder and executor.
// Threads: pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace ptxsim {

struct Results {
  std::vector<uint64_t> first, second;  // `second` of setp's "p|q"; a predicate is 0 or 1
};

// A row's operands, as far as a lane's values: registers and predicates, no memory and no labels.
// `operands[i]` are the i-th case's inputs, in the order of the text. Adds a test failure where the
// instruction cannot be loaded or run. `form` picks among the rows of one mnemonic.
Results evaluate(const std::string& mnemonic, const std::vector<std::vector<uint64_t>>& operands,
                 size_t form = 0);

// The same for one case.
uint64_t evaluate_one(const std::string& mnemonic, const std::vector<uint64_t>& operands);

}  // namespace ptxsim
