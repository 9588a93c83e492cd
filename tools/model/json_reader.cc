#include "tools/model/json_reader.h"

#include <algorithm>
#include <unordered_set>

#include "base/format.h"
#include "base/nearest.h"
#include "tools/model/text_file.h"

namespace fp4jit::model {
namespace {

// A value is copied and shown by recursion, which an attacker's file must not drive.
constexpr size_t kDeepest = 100;

Status invalid(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

// What the parser says, without its own error numbers: "at line 3, column 5: …".
std::string parser_message(const nlohmann::json::exception& error) {
  std::string message = error.what();
  size_t bracket = message.find("] ");
  return bracket == std::string::npos ? message : message.substr(bracket + 2);
}

// Takes a file's tokens one by one and stops at what the parser would let pass: nesting without
// end, and a key that stands twice, of which it keeps the last.
class Watch {
 public:
  const std::string& complaint() const { return complaint_; }

  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(nlohmann::json::number_integer_t) { return true; }
  bool number_unsigned(nlohmann::json::number_unsigned_t) { return true; }
  bool number_float(nlohmann::json::number_float_t, const std::string&) { return true; }
  bool string(std::string&) { return true; }
  bool binary(nlohmann::json::binary_t&) { return true; }

  bool start_object(size_t) { return enter(); }
  bool start_array(size_t) { return enter(); }
  bool end_object() { return leave(); }
  bool end_array() { return leave(); }

  bool key(std::string& name) {
    if (keys_.back().insert(name).second) return true;
    complaint_ = formatted("has the key '{}' twice in one object", shown(name));
    return false;
  }

  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) {
    complaint_ = formatted("is not valid JSON or is cut off: {}", parser_message(error));
    return false;
  }

 private:
  bool enter() {
    keys_.emplace_back();
    if (keys_.size() <= kDeepest) return true;
    complaint_ = formatted("is nested over {} deep", kDeepest);
    return false;
  }
  bool leave() {
    keys_.pop_back();
    return true;
  }

  std::vector<std::unordered_set<std::string>> keys_;  // of each value that is open
  std::string complaint_;
};

std::string dumped(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Not through the middle of a character.
std::string shortened(std::string text, size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  while (most_bytes > 0 && (static_cast<unsigned char>(text[most_bytes]) & 0xc0) == 0x80)
    --most_bytes;
  return text.substr(0, most_bytes) + "…";
}

// A value as a message shows it: short, whatever the file holds.
std::string shown_value(const nlohmann::json& value) {
  return shortened(dumped(value), 60);
}

}  // namespace

std::string shown(const std::string& text, size_t most_bytes) {
  std::string quoted = dumped(text);
  return shortened(quoted.substr(1, quoted.size() - 2), most_bytes);
}

Result<JsonObject> read_json_object(const std::string& path) {
  constexpr size_t kMostBytes = 64u << 20;  // a thousand times a published config.json
  FP4JIT_ASSIGN_OR_RETURN(std::string text, read_text_file(path, kMostBytes));
  return parse_json_object(text, path);
}

Result<JsonObject> parse_json_object(const std::string& text, const std::string& name) {
  JsonObject object;
  object.place_ = name;
  // The parser would take it for the end, and the rest for nothing.
  if (size_t nul = text.find('\0'); nul != std::string::npos)
    return object.error(formatted("is not valid JSON: byte {} is 0x00", nul + 1));
  Watch watch;
  if (!nlohmann::json::sax_parse(text, &watch)) return object.error(watch.complaint());
  // Without a callback, with which an object of n objects takes n*n steps.
  object.value_ = std::make_shared<const nlohmann::json>(nlohmann::json::parse(text));
  if (!object.value_->is_object()) {
    return object.error(formatted("must hold an object; it is {}", shown_value(*object.value_)));
  }
  return object;
}

Status JsonObject::error(const std::string& message) const {
  return invalid(formatted("{}: {}", place_, message));
}

JsonObject JsonObject::replaced_by(nlohmann::json value) const {
  JsonObject object = *this;
  object.value_ = std::make_shared<const nlohmann::json>(std::move(value));
  return object;
}

bool JsonObject::mentions(const std::string& key) const {
  return value_->contains(key);
}

bool JsonObject::has(const std::string& key) const {
  auto member = value_->find(key);
  return member != value_->end() && !member->is_null();
}

Result<int64_t> JsonObject::integer(const std::string& key, int64_t low, int64_t high) const {
  if (!has(key)) return error(formatted("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  bool fits =
      value.is_number_integer() &&
      !(value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX));
  if (fits && value.get<int64_t>() >= low && value.get<int64_t>() <= high)
    return value.get<int64_t>();
  return error(formatted("'{}' must be a whole number from {} to {}; it is {}", key, low, high,
                         shown_value(value)));
}

Result<std::string> JsonObject::text(const std::string& key) const {
  if (!has(key)) return error(formatted("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  if (value.is_string()) return value.get<std::string>();
  return error(formatted("'{}' must be a string; it is {}", key, shown_value(value)));
}

Result<std::vector<std::string>> JsonObject::texts(const std::string& key) const {
  if (!has(key)) return error(formatted("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  bool all_strings = value.is_array();
  for (const nlohmann::json& item : value) all_strings &= item.is_string();
  if (all_strings) return value.get<std::vector<std::string>>();
  return error(formatted("'{}' must be a list of strings; it is {}", key, shown_value(value)));
}

Result<std::vector<int64_t>> JsonObject::integers(const std::string& key) const {
  if (!has(key)) return error(formatted("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  bool all_integers = value.is_array();
  for (const nlohmann::json& item : value) all_integers &= item.is_number_integer();
  if (all_integers) return value.get<std::vector<int64_t>>();
  return error(
      formatted("'{}' must be a list of whole numbers; it is {}", key, shown_value(value)));
}

Result<double> JsonObject::number(const std::string& key, double low, double high) const {
  if (!has(key)) return error(formatted("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  double number = value.is_number() ? value.get<double>() : low - 1;
  if (number >= low && number <= high) return number;
  return error(formatted("'{}' must be a number from {} to {}; it is {}", key, low, high,
                         shown_value(value)));
}

bool JsonObject::flag(const std::string& key) const {
  return has(key) && (*value_)[key] == true;
}

Result<JsonObject> JsonObject::object(const std::string& key) const {
  if (!has(key)) return error(formatted("'{}' is missing", key));
  const nlohmann::json& value = (*value_)[key];
  if (!value.is_object())
    return error(formatted("'{}' must be an object; it is {}", key, shown_value(value)));
  JsonObject member;
  member.value_ = std::shared_ptr<const nlohmann::json>(value_, &value);
  member.place_ = formatted("{}: {}", place_, shown(key));
  return member;
}

Result<std::vector<std::variant<std::string, JsonObject>>> JsonObject::texts_and_objects(
    const std::string& key) const {
  if (!has(key)) return error(formatted("'{}' is missing", key));
  const nlohmann::json& list = (*value_)[key];
  if (!list.is_array())
    return error(formatted("'{}' must be a list; it is {}", key, shown_value(list)));
  std::vector<std::variant<std::string, JsonObject>> entries;
  for (const nlohmann::json& item : list) {
    JsonObject entry;
    entry.value_ = std::shared_ptr<const nlohmann::json>(value_, &item);
    entry.place_ = formatted("{}: {}[{}]", place_, key, entries.size());
    if (item.is_string()) {
      entries.emplace_back(item.get<std::string>());
    } else if (item.is_object()) {
      entries.emplace_back(std::move(entry));
    } else {
      return entry.error(formatted("must be a string or an object; it is {}", shown_value(item)));
    }
  }
  return entries;
}

Result<std::vector<JsonObject>> JsonObject::list(const std::string& key) const {
  FP4JIT_ASSIGN_OR_RETURN(auto entries, texts_and_objects(key));
  std::vector<JsonObject> objects;
  for (auto& entry : entries) {
    auto* object = std::get_if<JsonObject>(&entry);
    if (object == nullptr) return error(formatted("'{}' must be a list of objects", key));
    objects.push_back(std::move(*object));
  }
  return objects;
}

Status JsonObject::only(std::span<const std::string_view> keys) const {
  for (const auto& item : value_->items()) {
    if (std::find(keys.begin(), keys.end(), item.key()) != keys.end()) continue;
    return error(formatted("{} is not a key here; keys are {}{}", shown_value(item.key()),
                           fmt::join(keys, ", "),
                           did_you_mean(item.key(), {keys.begin(), keys.end()})));
  }
  return {};
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
