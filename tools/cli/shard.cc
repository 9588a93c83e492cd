#include "tools/cli/shard.h"

#include <charconv>

#include "base/format.h"

namespace fp4jit::cli {

Result<Shard> parse_shard(const std::string& text) {
  if (text.empty()) return Shard{};
  Shard shard;
  const char* end = text.data() + text.size();
  auto index = std::from_chars(text.data(), end, shard.index);
  bool has_slash = index.ec == std::errc() && index.ptr != end && *index.ptr == '/';
  auto count = has_slash ? std::from_chars(index.ptr + 1, end, shard.count) : index;
  bool is_whole = has_slash && count.ec == std::errc() && count.ptr == end;
  if (!is_whole || shard.count == 0 || shard.index > shard.count) {
    return Status(StatusCode::kInvalidArgument,
                  formatted("--shard must be i/n with i from 0 to n, as 3/8; it is '{}'", text));
  }
  shard.index %= shard.count;
  return shard;
}

}  // namespace fp4jit::cli
