// What: where the user store stands: FP4JIT_CACHE_DIR, else $XDG_CACHE_HOME/fp4jit, else
// $HOME/.cache/fp4jit. Relative values of the last two do not count, as the XDG specification asks.
// Threads: any. The environment was read before (base/environment.h); the working folder is asked
// for when the caller's config or FP4JIT_CACHE_DIR holds a relative path.
#pragma once

#include <string>

#include "base/environment.h"

namespace fp4jit::cache {

struct Location {
  std::string root;  // absolute, or "" when there is none
  std::string why;   // of "": what is not set, and what to set
};

// `configured` (from the caller's config) beats the environment; "" is not set.
Location store_location(const std::string& configured, const Environment& environment);

}  // namespace fp4jit::cache
