// What: a JSON file from outside, read key by key. A JsonObject knows its file and its place in it,
// so every error names both, and what was expected.
// Threads: immutable; share it.
// Errors: kInvalidArgument for a file that cannot be read, is not JSON, or does not hold what is
// asked for.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace fp4jit::model {

class JsonObject {
 public:
  // Whether the key is there and not null.
  bool has(const std::string& key) const;

  // Required keys, each of one type. A whole number must lie in [low, high].
  Result<int64_t> integer(const std::string& key, int64_t low, int64_t high) const;
  Result<std::string> text(const std::string& key) const;
  Result<std::vector<std::string>> texts(const std::string& key) const;
  Result<JsonObject> object(const std::string& key) const;

  // Every member, each of which must be an object: {name, object}.
  Result<std::vector<std::pair<std::string, JsonObject>>> objects() const;

  // "config.json: text_config: MESSAGE"
  Status error(const std::string& message) const;

 private:
  friend Result<JsonObject> read_json_object(const std::string& path);

  std::shared_ptr<const nlohmann::json> value_;
  std::string place_;  // file, then the keys down to here
};

// The file's outermost value, which must be an object.
Result<JsonObject> read_json_object(const std::string& path);

}  // namespace fp4jit::model
