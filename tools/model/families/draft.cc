#include "tools/model/families/draft.h"

#include <algorithm>
#include <numeric>

#include "base/format.h"

namespace fp4jit::model {
namespace {

// Some times what any model has, so that a hostile file cannot ask for an endless walk.
constexpr int64_t kMostLayers = 1000;
constexpr int64_t kMostOfALayer = 1 << 14;  // heads, experts
constexpr int64_t kMost = 1 << 20;

}  // namespace

Status Draft::begin() {
  FP4JIT_ASSIGN_OR_RETURN(hidden_, width("hidden_size"));
  FP4JIT_ASSIGN_OR_RETURN(architecture_->layers, integer("num_hidden_layers", 1, kMostLayers));
  every_layer_.resize(static_cast<size_t>(architecture_->layers));
  std::iota(every_layer_.begin(), every_layer_.end(), 0);
  for (const char* key : {"num_nextn_predict_layers", "mtp_num_hidden_layers"}) {
    if (!text_.has(key)) continue;
    FP4JIT_ASSIGN_OR_RETURN(architecture_->mtp_layers, text_.integer(key, 0, kMostLayers));
    break;
  }
  return {};
}

const DefaultValue* Draft::find_default(std::string_view key) const {
  auto row = std::find_if(defaults_.begin(), defaults_.end(),
                          [key](const DefaultValue& value) { return value.key == key; });
  return row == defaults_.end() ? nullptr : &*row;
}

Result<int64_t> Draft::integer(const std::string& key, int64_t low, int64_t high) const {
  const DefaultValue* standard = find_default(key);
  if (standard != nullptr && !text_.mentions(key)) return standard->value;
  return text_.integer(key, low, high);
}

Result<int64_t> Draft::width(const std::string& key) const {
  return integer(key, 1, kWidest);
}

Result<int64_t> Draft::count(const std::string& key) const {
  return integer(key, 1, kMostOfALayer);
}

Result<int64_t> Draft::integer_or(const std::string& key, int64_t value) const {
  return has(key) ? integer(key, 0, kMost) : Result<int64_t>(value);
}

Status Draft::require_every_layer(const std::string& key, size_t entries) const {
  if (entries >= every_layer_.size()) return {};
  return text_.error(formatted("'{}' has {} entries, and 'num_hidden_layers' is {}", key, entries,
                               every_layer_.size()));
}

Result<std::vector<std::string>> Draft::text_of_layers(const std::string& key) const {
  if (!text_.has(key)) return std::vector<std::string>();
  FP4JIT_ASSIGN_OR_RETURN(std::vector<std::string> texts, text_.texts(key));
  FP4JIT_RETURN_IF_ERROR(require_every_layer(key, texts.size()));
  return texts;
}

Result<std::vector<int64_t>> Draft::integers_of_layers(const std::string& key) const {
  if (!text_.has(key)) return std::vector<int64_t>();
  FP4JIT_ASSIGN_OR_RETURN(std::vector<int64_t> integers, text_.integers(key));
  FP4JIT_RETURN_IF_ERROR(require_every_layer(key, integers.size()));
  return integers;
}

Result<int64_t> Draft::product(const char* what, int64_t a, int64_t b) const {
  if (a * b <= kWidest) return a * b;
  return text_.error(
      formatted("{}: {} times {} is beyond the widest input, {}", what, a, b, kWidest));
}

Result<int64_t> Draft::heads(const std::string& key, const char* what, Role role, bool repeats) {
  FP4JIT_ASSIGN_OR_RETURN(int64_t heads, count(key));
  add_heads({what, heads, role, repeats});
  return heads;
}

void Draft::add_heads(HeadCount heads) {
  auto is_same = [&heads](const HeadCount& known) {
    return known.what == heads.what && known.count == heads.count && known.role == heads.role;
  };
  std::vector<HeadCount>& all = architecture_->heads;
  if (std::none_of(all.begin(), all.end(), is_same)) all.push_back(std::move(heads));
}

void Draft::add(Module module) {
  for (Module& known : architecture_->modules) {
    if (known.stem != module.stem || known.path != module.path || known.width != module.width ||
        known.outputs != module.outputs || known.count != module.count)
      continue;
    known.layers.insert(known.layers.end(), module.layers.begin(), module.layers.end());
    return;
  }
  if (!module.layers.empty()) architecture_->modules.push_back(std::move(module));
}

}  // namespace fp4jit::model
