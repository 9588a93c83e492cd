#include "tests/ptxsim/ptx/lexer.h"

#include <array>
#include <cstdio>

namespace ptxsim::ptx {
namespace {

enum CharacterClass : uint8_t { kNone = 0, kSpace = 1, kLetter = 2, kDigit = 4, kMark = 8 };

constexpr std::array<uint8_t, 256> character_classes() {
  std::array<uint8_t, 256> classes = {};
  for (int c = 'a'; c <= 'z'; ++c) classes[static_cast<size_t>(c)] = kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) classes[static_cast<size_t>(c)] = kLetter;
  for (int c = '0'; c <= '9'; ++c) classes[static_cast<size_t>(c)] = kDigit;
  for (const char c : {'_', '$', '%'}) classes[static_cast<size_t>(c)] = kLetter;
  for (const char c : {' ', '\t', '\r', '\n', '\v', '\f'}) classes[static_cast<size_t>(c)] = kSpace;
  for (const char c :
       {',', ';', ':', '{', '}', '(', ')', '[', ']', '<', '>', '+', '-', '!', '|', '@', '='}) {
    classes[static_cast<size_t>(c)] = kMark;
  }
  return classes;
}

bool is(char c, int classes) {
  static constexpr std::array<uint8_t, 256> kClasses = character_classes();
  return (kClasses[static_cast<uint8_t>(c)] & classes) != 0;
}

std::string byte_in_words(char c) {
  char text[32];
  const auto byte = static_cast<unsigned>(static_cast<uint8_t>(c));
  std::snprintf(text, sizeof text, byte > ' ' && byte < 127 ? "'%c'" : "byte 0x%02x", byte);
  return text;
}

}  // namespace

Token Lexer::next() {
  for (;;) {
    const Token token = scan();
    if (token.kind == Token::Kind::kDotWord) {
      if (token.text == ".loc" || token.text == ".file") {
        skip_line();
        continue;
      }
      if (token.text == ".section") {
        if (skip_section()) continue;
        return bad(position_, problem_.empty() ? "a .section is cut off" : problem_);
      }
    } else if (token.text == "@@") {
      skip_line();
      continue;
    }
    return token;
  }
}

Token Lexer::scan() {
  const size_t comment = position_;
  if (!skip_space_and_comments()) return bad(comment, "a comment is not closed");
  const size_t begin = position_;
  if (begin == text_.size()) return make(Token::Kind::kEnd, begin);
  const char c = text_[begin];
  if (is(c, kLetter)) {
    skip_word();
    return make(Token::Kind::kIdentifier, begin);
  }
  if (c == '.') {
    skip_dot_word();
    return make(Token::Kind::kDotWord, begin);
  }
  if (is(c, kDigit)) {
    skip_number();
    return make(Token::Kind::kNumber, begin);
  }
  if (c == '"') return scan_string(begin);
  return scan_punctuation(begin);
}

Token Lexer::scan_string(size_t begin) {
  const size_t end = text_.find_first_of("\"\n", begin + 1);
  if (end == std::string_view::npos || text_[end] != '"') {
    return bad(begin, "a string is not closed");
  }
  position_ = end + 1;
  return make(Token::Kind::kString, begin);
}

Token Lexer::scan_punctuation(size_t begin) {
  if (!is(text_[begin], kMark)) return bad(begin, byte_in_words(text_[begin]) + " is not PTX");
  position_ += at('@') && at('@', 1) ? 2 : 1;
  return make(Token::Kind::kPunctuation, begin);
}

void Lexer::skip_word() {
  while (position_ < text_.size() && is(text_[position_], kLetter | kDigit)) ++position_;
}

void Lexer::skip_dot_word() {
  ++position_;
  skip_word();
  while (at(':') && at(':', 1)) {
    position_ += 2;
    skip_word();
  }
}

// Letters are taken too, so that "12ab" is one wrong number and not a number and a name.
void Lexer::skip_number() {
  const size_t begin = position_;
  while (position_ < text_.size()) {
    const char c = text_[position_];
    const bool exponent_sign =
        (c == '+' || c == '-') && (text_[position_ - 1] == 'e' || text_[position_ - 1] == 'E') &&
        text_.substr(begin, position_ - 1 - begin).find_first_not_of("0123456789.") ==
            std::string_view::npos;
    if (!is(c, kLetter | kDigit) && c != '.' && !exponent_sign) return;
    ++position_;
  }
}

bool Lexer::skip_space_and_comments() {
  while (position_ < text_.size()) {
    const char c = text_[position_];
    if (is(c, kSpace)) {
      line_ += c == '\n';
      ++position_;
    } else if (c == '/' && at('/', 1)) {
      skip_line();
    } else if (c == '/' && at('*', 1)) {
      if (!skip_block_comment()) return false;
    } else {
      return true;
    }
  }
  return true;
}

bool Lexer::skip_block_comment() {
  const size_t end = text_.find("*/", position_ + 2);
  if (end == std::string_view::npos) return false;
  for (; position_ < end + 2; ++position_) line_ += text_[position_] == '\n';
  return true;
}

void Lexer::skip_line() {
  const size_t end = text_.find('\n', position_);
  position_ = end == std::string_view::npos ? text_.size() : end;
}

// ".section .debug_info { .b8 1 … }"
bool Lexer::skip_section() {
  for (;;) {
    const Token token = scan();
    if (token.kind == Token::Kind::kEnd || token.kind == Token::Kind::kBad) return false;
    if (token.text == "}") return true;
  }
}

bool Lexer::at(char c, size_t ahead) const {
  return position_ + ahead < text_.size() && text_[position_ + ahead] == c;
}

Token Lexer::make(Token::Kind kind, size_t begin) const {
  return {kind, line_, text_.substr(begin, position_ - begin)};
}

Token Lexer::bad(size_t begin, std::string problem) {
  problem_ = std::move(problem);
  position_ = text_.size();
  return {Token::Kind::kBad, line_, text_.substr(begin, 0)};
}

}  // namespace ptxsim::ptx
