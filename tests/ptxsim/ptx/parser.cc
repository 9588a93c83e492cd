#include "tests/ptxsim/ptx/parser.h"

#include <utility>

#include "tests/ptxsim/ptx/body.h"
#include "tests/ptxsim/ptx/functions.h"
#include "tests/ptxsim/ptx/literal.h"
#include "tests/ptxsim/ptx/parser_state.h"
#include "tests/ptxsim/ptx/variables.h"

namespace ptxsim::ptx {
namespace {

constexpr uint32_t kOldestMajor = 6;

using Version = std::pair<uint64_t, uint64_t>;

// "9.0"
std::optional<Version> version_of(const Token& token) {
  const size_t dot = token.text.find('.');
  const size_t other = token.text.find_first_not_of("0123456789.");
  if (dot == std::string_view::npos || other != std::string_view::npos) return std::nullopt;
  const auto major = parse_literal(token.text.substr(0, dot));
  const auto minor = parse_literal(token.text.substr(dot + 1));
  if (!major || !minor || major->bits > 99 || minor->bits > 99) return std::nullopt;
  return Version(major->bits, minor->bits);
}

bool parse_version(ParserState& state) {
  Cursor& cursor = state.cursor;
  if (!cursor.take_if_word(".version")) return cursor.fail_expected(".version");
  const std::optional<Version> version = version_of(cursor.token());
  if (!version) return cursor.fail_expected("a version");
  const std::string text = "PTX version " + std::string(cursor.token().text);
  if (version->first < kOldestMajor) return cursor.fail(text + " is older than 6.0");
  if (*version > Version(kNewestVersion[0], kNewestVersion[1])) {
    return cursor.fail(text + " is not known, the newest known is " +
                           std::to_string(kNewestVersion[0]) + "." +
                           std::to_string(kNewestVersion[1]),
                       CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
  }
  state.module.version_major = static_cast<uint32_t>(version->first);
  state.module.version_minor = static_cast<uint32_t>(version->second);
  cursor.take();
  return true;
}

bool is_target(std::string_view name) {
  if (!name.starts_with("sm_")) return false;
  name.remove_prefix(3);
  if (name.ends_with('a') || name.ends_with('f')) name.remove_suffix(1);
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

// "sm_100a, debug"
bool parse_target(ParserState& state) {
  Cursor& cursor = state.cursor;
  cursor.begin_statement();
  if (!cursor.take_if_word(".target")) return cursor.fail_expected(".target");
  const std::string_view target = cursor.token().text;
  if (!is_target(target)) return cursor.fail_expected("a target");
  state.module.target = target;
  cursor.take();
  while (cursor.take_if(',')) {
    const std::string_view option = cursor.token().text;
    if (option != "debug" && option != "texmode_unified" && option != "texmode_independent") {
      return cursor.fail_expected("an option of .target");
    }
    cursor.take();
  }
  return true;
}

bool parse_address_size(ParserState& state) {
  Cursor& cursor = state.cursor;
  cursor.begin_statement();
  if (!cursor.take_if_word(".address_size")) return true;
  if (cursor.token().text != "64") return cursor.fail("only addresses of 64 bits are supported");
  cursor.take();
  return true;
}

bool declare_module_variable(ParserState& state, bool is_extern, const Variable& variable) {
  const Symbol* known = state.scopes.find(variable.name);
  const auto waiting = state.undefined_externs.find(variable.name);
  const bool memory_elsewhere = is_extern && variable.space != Space::kShared;
  if (known == nullptr) {
    state.scopes.declare(variable.name, {Symbol::Kind::kVariable});
    if (memory_elsewhere) state.undefined_externs.emplace(variable.name, variable.line);
    return true;
  }
  const bool again = known->kind == Symbol::Kind::kVariable && memory_elsewhere;
  if (!again && waiting == state.undefined_externs.end()) {
    return state.cursor.fail(variable.name + " is declared twice");
  }
  if (!is_extern) state.undefined_externs.erase(waiting);
  return true;
}

bool parse_module_variables(ParserState& state, Space space, bool is_extern) {
  const DeclareVariable declare = [&](const Variable& variable) {
    return declare_module_variable(state, is_extern, variable);
  };
  return parse_variables(state, space, is_extern, declare, &state.module.variables);
}

bool parse_module_statement(ParserState& state) {
  Cursor& cursor = state.cursor;
  cursor.begin_statement();
  if (cursor.at_word(".pragma")) return skip_pragma(cursor);
  if (cursor.take_if_word(".alias")) return parse_alias(state);
  const bool is_extern = cursor.take_if_word(".extern");
  if (!is_extern && !cursor.take_if_word(".visible") && !cursor.take_if_word(".weak")) {
    cursor.take_if_word(".common");
  }
  if (cursor.take_if_word(".entry")) return parse_function(state, true);
  if (cursor.take_if_word(".func")) return parse_function(state, false);
  if (cursor.take_if_word(".global")) {
    return parse_module_variables(state, Space::kGlobal, is_extern);
  }
  if (cursor.take_if_word(".const")) return parse_module_variables(state, Space::kConst, is_extern);
  if (cursor.take_if_word(".shared")) {
    return parse_module_variables(state, Space::kShared, is_extern);
  }
  if (cursor.token().kind != Token::Kind::kDotWord) return cursor.fail_expected("a directive");
  return cursor.fail("unknown directive " + std::string(cursor.token().text) + " of a module");
}

bool check_externs(ParserState& state) {
  if (state.undefined_externs.empty()) return true;
  const auto& [name, line] = *state.undefined_externs.begin();
  return state.cursor.fail_at(line, "variable " + name + " is extern and defined nowhere", "");
}

bool parse_module(ParserState& state) {
  if (!parse_version(state) || !parse_target(state) || !parse_address_size(state)) return false;
  while (!state.cursor.at_end()) {
    if (!parse_module_statement(state)) return false;
  }
  return apply_aliases(state) && check_externs(state);
}

}  // namespace

Result<Module> parse(std::string_view text) {
  ParserState state(text);
  state.cursor.begin_statement();
  if (!parse_module(state)) return state.cursor.error();
  return std::move(state.module);
}

}  // namespace ptxsim::ptx
