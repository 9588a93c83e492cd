// What: a JSON file from outside, read key by key. A JsonObject knows its file and its place in it,
// so every error names both, and what was expected.
// Threads: immutable; share it.
// Errors: kInvalidArgument for a file that cannot be read, is not JSON, or does not hold what is
// asked for.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"

namespace fp4jit::model {

class JsonObject {
 public:
  // Whether the key is there and not null.
  bool has(const std::string& key) const;
  bool mentions(const std::string& key) const;  // though with null

  // Required keys, each of one type. A whole number must lie in [low, high].
  Result<int64_t> integer(const std::string& key, int64_t low, int64_t high) const;
  Result<std::string> text(const std::string& key) const;
  Result<std::vector<std::string>> texts(const std::string& key) const;
  Result<std::vector<int64_t>> integers(const std::string& key) const;
  Result<double> number(const std::string& key, double low, double high) const;
  Result<JsonObject> object(const std::string& key) const;

  // A list whose entries are texts and objects, whose place is "KEY[3]".
  Result<std::vector<std::variant<std::string, JsonObject>>> texts_and_objects(
      const std::string& key) const;

  // A list of objects, whose places are "KEY[3]".
  Result<std::vector<JsonObject>> list(const std::string& key) const;

  // Whether the key is there and true.
  bool flag(const std::string& key) const;

  // Whether it has no other keys than these.
  Status only(std::span<const std::string_view> keys) const;

  // Every member, each of which must be an object: {name, object}.
  Result<std::vector<std::pair<std::string, JsonObject>>> objects() const;

  // Another object in this one's place, which errors name.
  JsonObject replaced_by(nlohmann::json value) const;

  // "config.json: text_config: MESSAGE"
  Status error(const std::string& message) const;

 private:
  friend Result<JsonObject> parse_json_object(const std::string& text, const std::string& name);

  std::shared_ptr<const nlohmann::json> value_;
  std::string place_;  // file, then the keys down to here
};

// A text from a file as a message shows it: short, and without control characters.
std::string shown(const std::string& text, size_t most_bytes = 60);

// The file's outermost value, which must be an object.
Result<JsonObject> read_json_object(const std::string& path);

// The same of a file that was read already, which errors call `name`.
Result<JsonObject> parse_json_object(const std::string& text, const std::string& name);

}  // namespace fp4jit::model
