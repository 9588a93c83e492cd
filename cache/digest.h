// What: a 128-bit content digest that can explain itself.
// Threads: values.
//
// Fields are delimited, so that {"a","bc"} and {"ab","c"} differ: each is the length of its name (8
// bytes, little-endian), the name, the length of its value (8 bytes), the value. XXH3-128 guards
// against damage and chance; it is no defence against an adversary.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fp4jit::cache {

struct Digest {
  uint64_t high = 0;
  uint64_t low = 0;

  auto operator<=>(const Digest&) const = default;
  std::string hex() const;  // 32 lower-case digits
};

Digest digest_bytes(std::string_view bytes);
std::optional<Digest> parse_digest(std::string_view hex);  // takes what hex() writes, nothing else

class DigestBuilder {
 public:
  // Names are words of ours; values are anything.
  void field(std::string_view name, std::string_view value);

  Digest finish() const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

  // What was hashed, a line per field: "name=value\n", with '\\', and line feeds in values escaped.
  // It is the record's key text: two records with one digest and different texts are a collision.
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace fp4jit::cache
