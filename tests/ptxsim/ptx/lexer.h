// What: PTX text as tokens. Comments and debug information (.loc, .file, .section, @@DWARF) are
// passed over.
// Threads: one thread for each lexer. The text must outlive it and its tokens.
// Errors: a kBad token, of which problem() says what is wrong; what follows it means nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ptxsim::ptx {

struct Token {
  enum class Kind : uint8_t {
    kEnd,
    kIdentifier,   // add, %r1, $L__BB0_1, _
    kDotWord,      // .reg, .L1::no_allocate
    kNumber,       // 12, 0x1FU, 0f3F800000, 1.5e-3
    kString,       // with its quotes
    kPunctuation,  // one character, or "@@"
    kBad,
  };
  Kind kind = Kind::kEnd;
  uint32_t line = 1;
  std::string_view text;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next();
  const std::string& problem() const { return problem_; }

 private:
  Token scan();
  Token scan_string(size_t begin);
  Token scan_punctuation(size_t begin);
  void skip_word();
  void skip_dot_word();
  void skip_number();
  bool skip_space_and_comments();
  bool skip_block_comment();
  void skip_line();
  bool skip_section();
  bool at(char c, size_t ahead = 0) const;
  Token make(Token::Kind kind, size_t begin) const;
  Token bad(size_t begin, std::string problem);

  std::string_view text_;
  size_t position_ = 0;
  uint32_t line_ = 1;
  std::string problem_;
};

}  // namespace ptxsim::ptx
