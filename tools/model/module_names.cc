#include "tools/model/module_names.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <regex>
#include <string_view>

namespace fp4jit::model {
namespace {

constexpr std::string_view kOutermost = "model.";

// The names under which checkpoints list a module.
std::vector<std::string> spellings(const std::string& module) {
  std::vector<std::string> names = {module, "language_model." + module};
  if (module.starts_with(kOutermost)) {
    names.push_back("model.language_model." + module.substr(kOutermost.size()));
  }
  return names;
}

// Every run of whole components of `name` is tried, as "mlp.gate" is one of
// "model.layers.0.mlp.gate". The letters before the first wildcard rule most of them out at once.
bool glob_matches_part(const std::string& glob, const std::string& name) {
  std::string_view head = std::string_view(glob).substr(0, glob.find_first_of("*?["));
  for (size_t begin = 0; begin != std::string::npos;) {
    if (name.compare(begin, head.size(), head) == 0) {
      for (size_t end = begin; end != std::string::npos;) {
        end = name.find('.', end + 1);
        std::string part = name.substr(begin, end == std::string::npos ? end : end - begin);
        if (fnmatch(glob.c_str(), part.c_str(), FNM_NOESCAPE) == 0) return true;
      }
    }
    begin = name.find('.', begin);
    if (begin != std::string::npos) ++begin;
  }
  return false;
}

Result<std::regex> parse_expression(const std::string& text) {
  try {
    return std::regex(text, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("'re:{}' is no regular expression: {}", text, error.what()));
  }
}

// One target of compressed-tensors; its own names only, no spellings.
Result<Selector> select_by_target(const std::string& target) {
  constexpr std::string_view kExpression = "re:";
  if (target == "Linear") return Selector([](const std::string&) { return true; });
  if (!target.starts_with(kExpression)) {
    return Selector([target](const std::string& name) { return name == target; });
  }
  FP4JIT_ASSIGN_OR_RETURN(std::regex expression,
                          parse_expression(target.substr(kExpression.size())));
  return Selector([expression](const std::string& name) {
    return std::regex_search(name, expression, std::regex_constants::match_continuous);
  });
}

}  // namespace

Selector select_by_globs(std::vector<std::string> globs) {
  return [globs = std::move(globs)](const std::string& module) {
    for (const std::string& name : spellings(module)) {
      for (const std::string& glob : globs) {
        if (glob_matches_part(glob, name)) return true;
      }
    }
    return false;
  };
}

Result<Selector> select_by_targets(const std::vector<std::string>& targets) {
  std::vector<Selector> selectors;
  for (const std::string& target : targets) {
    FP4JIT_ASSIGN_OR_RETURN(Selector selector, select_by_target(target));
    selectors.push_back(std::move(selector));
  }
  return Selector([selectors](const std::string& module) {
    for (const std::string& name : spellings(module)) {
      for (const Selector& selector : selectors) {
        if (selector(name)) return true;
      }
    }
    return false;
  });
}

}  // namespace fp4jit::model
