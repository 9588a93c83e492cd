#include "tests/ptxsim/ptx/cursor.h"

#include <algorithm>

#include "tests/ptxsim/ptx/literal.h"
#include "tests/ptxsim/ptx/source_text.h"

namespace ptxsim::ptx {
namespace {

// Bytes in a message: of a statement or a token, and of what is said about it.
constexpr size_t kMostQuoted = 160;
constexpr size_t kMostSaid = 400;

std::string quoted(const Token& token) {
  if (token.kind == Token::Kind::kEnd) return "the end of the text";
  return "'" + printable(token.text, kMostQuoted) + "'";
}

}  // namespace

bool Cursor::at(char mark) const {
  return token_.kind == Token::Kind::kPunctuation && token_.text.size() == 1 &&
         token_.text[0] == mark;
}

bool Cursor::at_word(std::string_view dot_word) const {
  return token_.kind == Token::Kind::kDotWord && token_.text == dot_word;
}

Token Cursor::take() {
  const Token taken = token_;
  token_ = lexer_.next();
  return taken;
}

bool Cursor::take_if(char mark) {
  if (!at(mark)) return false;
  take();
  return true;
}

bool Cursor::take_if_word(std::string_view dot_word) {
  if (!at_word(dot_word)) return false;
  take();
  return true;
}

bool Cursor::expect(char mark) {
  if (take_if(mark)) return true;
  return fail_expected(std::string("'") + mark + "'");
}

std::optional<std::string_view> Cursor::expect_name(std::string_view what) {
  if (token_.kind == Token::Kind::kIdentifier) return take().text;
  fail_expected(what);
  return std::nullopt;
}

std::optional<uint64_t> Cursor::expect_unsigned(std::string_view what) {
  if (token_.kind == Token::Kind::kNumber) {
    const std::optional<Literal> literal = parse_literal(token_.text);
    if (literal && literal->float_bits == 0) {
      take();
      return literal->bits;
    }
  }
  fail_expected(what);
  return std::nullopt;
}

std::optional<uint64_t> Cursor::take_offset() {
  uint64_t offset = 0;
  while (at('+') || at('-')) {
    bool minus = take().text == "-";
    if (take_if('-')) minus = !minus;
    const std::optional<uint64_t> value = expect_unsigned("an offset");
    if (!value) return std::nullopt;
    offset += minus ? 0 - *value : *value;
  }
  return offset;
}

void Cursor::begin_statement() {
  statement_begin_ = static_cast<size_t>(token_.text.data() - text_.data());
  statement_line_ = token_.line;
}

std::string Cursor::statement_text() const {
  const auto end = static_cast<size_t>(token_.text.data() - text_.data());
  return without_comments(text_.substr(statement_begin_, end - statement_begin_));
}

bool Cursor::fail(const std::string& what, CUresult code) {
  const auto reached = static_cast<size_t>(token_.text.data() - text_.data());
  const size_t end = std::min(text_.find_first_of(";\n", reached), text_.size());
  const std::string_view statement = text_.substr(statement_begin_, end - statement_begin_);
  const bool bad = token_.kind == Token::Kind::kBad;
  fail_at(bad || at_end() ? token_.line : statement_line_, bad ? lexer_.problem() : what,
          without_comments(statement.substr(0, 8 * kMostQuoted)));
  error_.code = code;
  return false;
}

bool Cursor::fail_expected(std::string_view what) {
  return fail(std::string(what) + " expected, " + quoted(token_) + " found");
}

bool Cursor::fail_at(uint32_t line, const std::string& what, std::string_view statement) {
  error_.code = CUDA_ERROR_INVALID_PTX;
  error_.message = "line " + std::to_string(line) + ": " + printable(what, kMostSaid);
  if (!statement.empty()) error_.message += ": " + printable(statement, kMostQuoted);
  return false;
}

}  // namespace ptxsim::ptx
