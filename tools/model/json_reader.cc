#include "tools/model/json_reader.h"

#include <fmt/format.h>

#include "tools/model/text_file.h"

namespace fp4jit::model {
namespace {

Status invalid(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

// A value as a message shows it: short, whatever the file holds.
std::string shown(const nlohmann::json& value) {
  constexpr size_t kShown = 60;
  std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return text.size() <= kShown ? text : text.substr(0, kShown) + "…";
}

// What the parser says, without its own error numbers: "at line 3, column 5: …".
std::string parser_message(const nlohmann::json::exception& error) {
  std::string message = error.what();
  size_t bracket = message.find("] ");
  return bracket == std::string::npos ? message : message.substr(bracket + 2);
}

}  // namespace

Result<JsonObject> read_json_object(const std::string& path) {
  constexpr size_t kMostBytes = 64u << 20;  // a thousand times a published config.json
  FP4JIT_ASSIGN_OR_RETURN(std::string text, read_text_file(path, kMostBytes));
  JsonObject object;
  object.place_ = path;
  try {
    object.value_ = std::make_shared<const nlohmann::json>(nlohmann::json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    return object.error(fmt::format("is not valid JSON or is cut off: {}", parser_message(error)));
  }
  if (!object.value_->is_object()) {
    return object.error(fmt::format("must hold an object; it is {}", shown(*object.value_)));
  }
  return object;
}

Status JsonObject::error(const std::string& message) const {
  return invalid(fmt::format("{}: {}", place_, message));
}

bool JsonObject::has(const std::string& key) const {
  auto member = value_->find(key);
  return member != value_->end() && !member->is_null();
}

Result<int64_t> JsonObject::integer(const std::string& key, int64_t low, int64_t high) const {
  if (!has(key)) return error(fmt::format("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  bool fits =
      value.is_number_integer() &&
      !(value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX));
  if (fits && value.get<int64_t>() >= low && value.get<int64_t>() <= high)
    return value.get<int64_t>();
  return error(fmt::format("'{}' must be a whole number from {} to {}; it is {}", key, low, high,
                           shown(value)));
}

Result<std::string> JsonObject::text(const std::string& key) const {
  if (!has(key)) return error(fmt::format("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  if (value.is_string()) return value.get<std::string>();
  return error(fmt::format("'{}' must be a string; it is {}", key, shown(value)));
}

Result<std::vector<std::string>> JsonObject::texts(const std::string& key) const {
  if (!has(key)) return error(fmt::format("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  bool all_strings = value.is_array();
  for (const nlohmann::json& item : value) all_strings &= item.is_string();
  if (all_strings) return value.get<std::vector<std::string>>();
  return error(fmt::format("'{}' must be a list of strings; it is {}", key, shown(value)));
}

Result<JsonObject> JsonObject::object(const std::string& key) const {
  if (!has(key)) return error(fmt::format("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  if (!value.is_object())
    return error(fmt::format("'{}' must be an object; it is {}", key, shown(value)));
  JsonObject member;
  member.value_ = std::shared_ptr<const nlohmann::json>(value_, &value);
  member.place_ = fmt::format("{}: {}", place_, key);
  return member;
}

Result<std::vector<std::pair<std::string, JsonObject>>> JsonObject::objects() const {
  std::vector<std::pair<std::string, JsonObject>> members;
  for (const auto& item : value_->items()) {
    FP4JIT_ASSIGN_OR_RETURN(JsonObject member, object(item.key()));
    members.emplace_back(item.key(), std::move(member));
  }
  return members;
}

}  // namespace fp4jit::model
