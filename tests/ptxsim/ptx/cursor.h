// What: the place in the tokens at which a module is being read, one token ahead, and the error
// that ended it with the statement that it stands in.
// Threads: one thread for each cursor. The text must outlive it.
// Errors: an expect…() that returns false or nothing has called fail(), after which reading ends;
// INVALID_PTX unless the call says otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/ptxsim/base/result.h"
#include "tests/ptxsim/ptx/lexer.h"

namespace ptxsim::ptx {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : lexer_(text), text_(text) { take(); }

  const Token& token() const { return token_; }
  bool at_end() const { return token_.kind == Token::Kind::kEnd; }
  bool at(char mark) const;
  bool at_word(std::string_view dot_word) const;
  Token take();
  bool take_if(char mark);
  bool take_if_word(std::string_view dot_word);

  bool expect(char mark);
  std::optional<std::string_view> expect_name(std::string_view what);
  std::optional<uint64_t> expect_unsigned(std::string_view what);
  // "+16", "+-16", "-16", or nothing, which is 0.
  std::optional<uint64_t> take_offset();

  // A statement begins at the next token: errors name its line and quote it.
  void begin_statement();
  uint32_t statement_line() const { return statement_line_; }
  // From the statement's beginning to the next token.
  std::string statement_text() const;

  bool fail(const std::string& what, CUresult code = CUDA_ERROR_INVALID_PTX);
  bool fail_expected(std::string_view what);
  // Of a statement that has been read before.
  bool fail_at(uint32_t line, const std::string& what, std::string_view statement);
  const Error& error() const { return error_; }

 private:
  Lexer lexer_;
  std::string_view text_;
  Token token_;
  size_t statement_begin_ = 0;
  uint32_t statement_line_ = 1;
  Error error_;
};

}  // namespace ptxsim::ptx
