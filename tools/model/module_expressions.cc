// The regular expressions of a list of modules.

#include <algorithm>
#include <cctype>
#include <optional>
#include <regex>

#include "base/format.h"
#include "tools/model/json_reader.h"
#include "tools/model/module_names.h"

namespace fp4jit::model {

// An expression that names no digit cannot tell layer 12 from layer 34: what it says of one name it
// says of all that differ in digits alone.
struct ModuleList::Expression {
  std::regex regex;
  std::string entry;
  bool is_blind_to_digits = false;
  bool is_blind_to_stems = false;
  std::optional<int64_t> layer;  // the only one that it is about
  std::unordered_map<std::string, bool> memo;

  bool matches(const std::string& name) {
    std::string shape = name;
    if (is_blind_to_digits) {
      std::replace_if(
          shape.begin(), shape.end(), [](unsigned char c) { return std::isdigit(c); }, '0');
    }
    auto [known, is_new] = memo.try_emplace(std::move(shape), false);
    if (is_new) {
      known->second = std::regex_search(name, regex, std::regex_constants::match_continuous);
    }
    return known->second;
  }
};

namespace {

// Matching takes polynomial time whatever the expression, where the library has that.
#ifdef __GLIBCXX__
constexpr auto kSyntax = std::regex::ECMAScript | std::regex_constants::__polynomial;
#else
constexpr auto kSyntax = std::regex::ECMAScript;
#endif

// No digit, no class of characters, no escape but that of a dot.
bool is_blind_to_digits(std::string_view expression) {
  for (size_t i = 0; i < expression.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(expression[i]);
    bool is_escaped_dot = c == '\\' && i + 1 < expression.size() && expression[i + 1] == '.';
    if (std::isdigit(c) || c == '[' || c == '{' || (c == '\\' && !is_escaped_dot)) return false;
    if (is_escaped_dot) ++i;
  }
  return true;
}

// What it says of a module does not hang on what the layers stand in, which a leading ".*" takes.
bool is_blind_to_stems(std::string_view expression) {
  if (!expression.starts_with(".*")) return false;
  for (std::string_view telling : {"|", "language_model", "backbone"}) {
    if (expression.find(telling) != std::string_view::npos) return false;
  }
  return true;
}

// The greatest number between here and the next closing brace.
int64_t greatest_count(std::string_view text) {
  constexpr int64_t kEnough = 1 << 20;
  int64_t greatest = 1, number = 0;
  for (char c : text.substr(0, text.find('}'))) {
    number = std::isdigit(static_cast<unsigned char>(c))
                 ? std::min(number * 10 + (c - '0'), kEnough)
                 : 0;
    greatest = std::max(greatest, number);
  }
  return greatest;
}

// The library copies what is counted, and searches anew behind every lookahead.
Status require_bounded(const std::string& entry) {
  constexpr int64_t kMostCopies = 100;
  constexpr int kMostLookaheads = 2;
  int64_t copies = 1;
  int lookaheads = 0;
  std::string_view text = entry;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') copies *= greatest_count(text.substr(i + 1));
    std::string_view rest = text.substr(i);
    if (rest.starts_with("(?=") || rest.starts_with("(?!")) ++lookaheads;
    if (copies > kMostCopies || lookaheads > kMostLookaheads) {
      return {StatusCode::kInvalidArgument,
              formatted("'{}' repeats too much: its {{n}} multiply to {} at most, and {} "
                        "lookaheads are allowed",
                        shown(entry), kMostCopies, kMostLookaheads)};
    }
  }
  return {};
}

// The layer that an expression without alternatives names in full: "re:.*layers\\.12\\..*".
std::optional<int64_t> layer_of_expression(const std::string& text) {
  static const std::regex kLayer(R"(layers\\?\.(\d{1,6})\\?\.)");
  std::smatch match;
  if (text.find('|') != std::string::npos || !std::regex_search(text, match, kLayer))
    return std::nullopt;
  return std::stoll(match[1]);
}

}  // namespace

Status ModuleList::add_expression(const std::string& entry) {
  FP4JIT_RETURN_IF_ERROR(model::require_bounded(entry));
  std::string text = entry.substr(std::string_view("re:").size());
  auto expression = std::make_shared<Expression>();
  try {
    expression->regex.assign(text, kSyntax);
  } catch (const std::regex_error& error) {
    return {StatusCode::kInvalidArgument,
            formatted("'{}' is no regular expression: {}", shown(entry), error.what())};
  }
  expression->entry = entry;
  expression->is_blind_to_digits = model::is_blind_to_digits(text);
  expression->is_blind_to_stems = model::is_blind_to_stems(text);
  expression->layer = layer_of_expression(text);
  expressions_.push_back(std::move(expression));
  // What else could tell experts apart stands behind their container.
  names_experts_ |= text.find("expert") != std::string::npos && !model::is_blind_to_digits(text);
  return {};
}

const std::string* ModuleList::find_expression(const NamedModule& module) const {
  for (const auto& expression : expressions_) {
    if (expression->layer && *expression->layer != module.layer) continue;
    for (const std::string& name : module.names) {
      auto spellings = expression->is_blind_to_stems ? std::vector{name} : with_every_stem(name);
      for (const std::string& spelled : spellings) {
        if (expression->matches(spelled)) return &expression->entry;
      }
    }
  }
  return nullptr;
}

}  // namespace fp4jit::model
