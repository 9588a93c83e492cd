// What: "did you mean" for a word that is not in a list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fp4jit {

// The candidate with the least edit distance to `word`, or "" when none is near (over half of it
// differs).
std::string nearest(std::string_view word, const std::vector<std::string_view>& candidates);

// "; did you mean 'k_out'?" or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace fp4jit
