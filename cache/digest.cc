#include "cache/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <charconv>

#include "base/format.h"
#include "cache/little_endian.h"

namespace fp4jit::cache {
namespace {

// std::from_chars takes upper-case digits too; a name has one spelling.
bool lower_case_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

uint64_t parse_half(std::string_view digits) {
  uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

std::string escaped(std::string_view value) {
  std::string text;
  for (char c : value) {
    if (c == '\\') text += '\\';
    c == '\n' ? text += "\\n" : text += c;
  }
  return text;
}

}  // namespace

std::string Digest::hex() const {
  return formatted("{:016x}{:016x}", high, low);
}

Digest digest_bytes(std::string_view bytes) {
  XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::optional<Digest> parse_digest(std::string_view hex) {
  if (hex.size() != 32 || !lower_case_hex(hex)) return std::nullopt;
  return Digest{parse_half(hex.substr(0, 16)), parse_half(hex.substr(16))};
}

void DigestBuilder::field(std::string_view name, std::string_view value) {
  fields_.emplace_back(name, value);
}

Digest DigestBuilder::finish() const {
  std::string bytes;
  for (const auto& [name, value] : fields_) {
    append_u64(name.size(), &bytes);
    bytes += name;
    append_u64(value.size(), &bytes);
    bytes += value;
  }
  return digest_bytes(bytes);
}

std::string DigestBuilder::text() const {
  std::string text;
  for (const auto& [name, value] : fields_) text += name + "=" + escaped(value) + "\n";
  return text;
}

}  // namespace fp4jit::cache
