// What: --shard i/n: a fixed part of a list, for several machines or ranks to share its work.
// Threads: pure.
// Errors: kInvalidArgument for what is no "i/n".
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace fp4jit::cli {

struct Shard {
  uint64_t index = 0;
  uint64_t count = 1;

  // The entry's place in the list decides, so that shards are disjoint and together the whole.
  bool has(uint64_t place) const { return place % count == index; }
};

// "i/n" with i from 0 to n; n/n is 0/n, so that ranks may be counted from 0 or from 1. "" is all.
Result<Shard> parse_shard(const std::string& text);

}  // namespace fp4jit::cli
