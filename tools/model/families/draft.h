// What: an architecture in the making: config.json as a family's functions read it, and the modules
// that they add.
// Threads: one.
// Errors: kInvalidArgument for a key that is missing or senseless, naming it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tools/model/json_reader.h"
#include "tools/model/module.h"

namespace fp4jit::model {

// The widest input of a module that is read: double that, padded, is still a K that there can be.
inline constexpr int64_t kWidest = 1 << 21;

// What a family's own class takes for a key that config.json leaves out.
struct DefaultValue {
  std::string_view key;
  int64_t value;
};

class Draft {
 public:
  Draft(const JsonObject& text, std::span<const DefaultValue> defaults, Architecture* architecture)
      : text_(text), defaults_(defaults), architecture_(architecture) {}

  // Reads what every family has.
  Status begin();

  const JsonObject& text() const { return text_; }
  int64_t hidden() const { return hidden_; }
  const Layers& every_layer() const { return every_layer_; }
  Architecture& architecture() { return *architecture_; }

  // A key, or the family's default for it.
  // A null stands for neither.
  bool has(const std::string& key) const {
    return text_.has(key) || (!text_.mentions(key) && find_default(key) != nullptr);
  }
  Result<int64_t> integer(const std::string& key, int64_t low, int64_t high) const;
  Result<int64_t> width(const std::string& key) const;  // a length in elements: 1 to kWidest
  Result<int64_t> count(const std::string& key) const;  // of heads, experts, groups

  // The same, where a config without the key means `value`.
  Result<int64_t> integer_or(const std::string& key, int64_t value) const;

  // A list with a text for every layer, which may go on for further ones; empty without the key.
  Result<std::vector<std::string>> text_of_layers(const std::string& key) const;
  Result<std::vector<int64_t>> integers_of_layers(const std::string& key) const;

  // a*b, up to kWidest.
  Result<int64_t> product(const char* what, int64_t a, int64_t b) const;

  // Reads a head count that splits must respect; `what` names the heads.
  Result<int64_t> heads(const std::string& key, const char* what, Role role, bool repeats = false);

  // The same of heads that are known already; each kind and number is kept once.
  void add_heads(HeadCount heads);

  // Adds a module to these layers. The same path may come with another width in other layers.
  void add(Module module);

 private:
  Status require_every_layer(const std::string& key, size_t entries) const;
  const DefaultValue* find_default(std::string_view key) const;

  const JsonObject& text_;
  std::span<const DefaultValue> defaults_;
  Architecture* architecture_;
  int64_t hidden_ = 0;
  Layers every_layer_;
};

}  // namespace fp4jit::model
