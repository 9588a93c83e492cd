#include "tests/ptxsim/ptx/source_text.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace ptxsim::ptx {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Where a comment that begins at `at` ends; `at` where there is none.
size_t end_of_comment(std::string_view source, size_t at) {
  if (source[at] != '/' || at + 1 == source.size()) return at;
  if (source[at + 1] == '/') return std::min(source.find('\n', at), source.size());
  if (source[at + 1] != '*') return at;
  const size_t end = source.find("*/", at + 2);
  return end == std::string_view::npos ? source.size() : end + 2;
}

}  // namespace

std::string without_comments(std::string_view source) {
  std::string text;
  text.reserve(source.size());
  bool blank = false;
  for (size_t i = 0; i < source.size();) {
    const size_t comment_end = end_of_comment(source, i);
    if (comment_end != i || is_space(source[i])) {
      blank = !text.empty();
      i = std::max(comment_end, i + 1);
      continue;
    }
    if (blank) text += ' ';
    blank = false;
    text += source[i++];
  }
  return text;
}

std::string printable(std::string_view text, size_t most) {
  std::string result;
  for (const char c : text.substr(0, most)) {
    if (c >= ' ' && c <= '~') {
      result += c;
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x",
                    static_cast<unsigned>(static_cast<uint8_t>(c)));
      result += escape;
    }
  }
  return text.size() > most ? result + "..." : result;
}

}  // namespace ptxsim::ptx
