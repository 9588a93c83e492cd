#include "tests/ptxsim/ptx/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ptxsim::ptx {
namespace {

using Kind = Token::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Token> tokens(std::string_view text) {
  std::vector<Token> found;
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != Kind::kEnd; token = lexer.next()) {
    found.push_back(token);
    if (token.kind == Kind::kBad) break;
  }
  return found;
}

std::vector<std::string> texts(std::string_view text) {
  std::vector<std::string> found;
  for (const Token& token : tokens(text)) found.emplace_back(token.text);
  return found;
}

std::vector<uint32_t> lines(std::string_view text) {
  std::vector<uint32_t> found;
  for (const Token& token : tokens(text)) found.push_back(token.line);
  return found;
}

// Why the text is not PTX, or "" where it is.
std::string problem(std::string_view text) {
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != Kind::kBad; token = lexer.next()) {
    if (token.kind == Kind::kEnd) return "";
  }
  return lexer.problem();
}

TEST(Lexer, AnInstructionIsWordsDotWordsAndMarks) {
  EXPECT_THAT(texts("@!%p1 add.s32 %r1,%r2;"),
              ElementsAre("@", "!", "%p1", "add", ".s32", "%r1", ",", "%r2", ";"));
}

TEST(Lexer, KindsOfTokens) {
  std::vector<Kind> kinds;
  for (const Token& token : tokens("$L__BB0_1 .reg 0x1F \"text\" {")) kinds.push_back(token.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::kIdentifier, Kind::kDotWord, Kind::kNumber, Kind::kString,
                                 Kind::kPunctuation));
}

TEST(Lexer, AModifierKeepsItsDoubleColons) {
  EXPECT_THAT(texts("ld.global.L1::no_allocate.L2::128B.v4.u32"),
              ElementsAre("ld", ".global", ".L1::no_allocate", ".L2::128B", ".v4", ".u32"));
  EXPECT_THAT(texts(".a::b::c"), ElementsAre(".a::b::c"));
}

TEST(Lexer, ALabelsColonIsAMark) {
  EXPECT_THAT(texts("$L_1: .pragma"), ElementsAre("$L_1", ":", ".pragma"));
}

TEST(Lexer, Names) {
  EXPECT_THAT(texts("_ _ZN3fooE %r1 $x a$b_c WARP_SZ"),
              ElementsAre("_", "_ZN3fooE", "%r1", "$x", "a$b_c", "WARP_SZ"));
}

TEST(Lexer, Numbers) {
  EXPECT_THAT(texts("0 12U 0x7770U 0b101 017 0f3F800000 0d400921FB54442D18 9.0 1.5e-3 2E+1 1."),
              ElementsAre("0", "12U", "0x7770U", "0b101", "017", "0f3F800000", "0d400921FB54442D18",
                          "9.0", "1.5e-3", "2E+1", "1."));
}

TEST(Lexer, AMinusBehindAHexadecimalDigitIsNoExponent) {
  EXPECT_THAT(texts("0x1E-5"), ElementsAre("0x1E", "-", "5"));
}

TEST(Lexer, LettersBehindDigitsBelongToTheNumber) {
  EXPECT_THAT(texts("12ab"), ElementsAre("12ab"));
}

TEST(Lexer, CommentsAreWhiteSpace) {
  EXPECT_THAT(texts("a// b; c\nd/* e\n * f */g"), ElementsAre("a", "d", "g"));
  EXPECT_THAT(texts("// only"), IsEmpty());
  EXPECT_THAT(texts("/* \" { // */ a"), ElementsAre("a"));
}

TEST(Lexer, LinesAreCountedThroughCommentsAndDebugInformation) {
  EXPECT_THAT(lines("a\n\nb /* \n */ c // d\n.loc 1 2 3\n@@DWARF x\n.section .y {\n}\ne"),
              ElementsAre(1, 3, 4, 9));
  EXPECT_THAT(lines("a\r\nb"), ElementsAre(1, 2));
}

TEST(Lexer, DebugLinesArePassedOver) {
  EXPECT_THAT(texts(".loc 1 5 3, function_name $L__info_string0, inlined_at 1 4 3\nret;"),
              ElementsAre("ret", ";"));
  EXPECT_THAT(texts(".file\t1 \"/a b.cu\", 123, 456\nret;"), ElementsAre("ret", ";"));
  EXPECT_THAT(texts("@@DWARF .section .debug_loc, \"\", @progbits\nret;"), ElementsAre("ret", ";"));
  EXPECT_THAT(texts(".loc 1 2 3"), IsEmpty());
}

TEST(Lexer, ASectionIsPassedOverUpToItsBrace) {
  EXPECT_THAT(texts(".section .debug_str\n{\n$L_0: // }\n.b8 1\n.b64 $L_1-$L_0\n}\nret;"),
              ElementsAre("ret", ";"));
  EXPECT_THAT(texts(".section .debug_macinfo {\t}"), IsEmpty());
}

TEST(Lexer, WordsThatBeginLikeDebugDirectivesAreKept) {
  EXPECT_THAT(texts(".local .located .files .sections"),
              ElementsAre(".local", ".located", ".files", ".sections"));
}

TEST(Lexer, WhatIsNotClosedIsSaid) {
  EXPECT_EQ(problem("a /* b"), "a comment is not closed");
  EXPECT_EQ(problem(".pragma \"nounroll;\n\""), "a string is not closed");
  EXPECT_EQ(problem("\"abc"), "a string is not closed");
  EXPECT_EQ(problem(".section .debug_info { .b8 1"), "a .section is cut off");
}

TEST(Lexer, BytesThatAreNoPtxAreSaid) {
  EXPECT_EQ(problem("a # b"), "'#' is not PTX");
  EXPECT_EQ(problem("a \x7f"), "byte 0x7f is not PTX");
  EXPECT_EQ(problem(std::string_view("ret;\0", 5)), "byte 0x00 is not PTX");
  EXPECT_EQ(problem("\xc3\xa4"), "byte 0xc3 is not PTX");
  EXPECT_EQ(problem("// \xc3\xa4"), "");
  EXPECT_EQ(problem(".section .debug_str { \xff }"), "byte 0xff is not PTX");
}

TEST(Lexer, ABadTokenKnowsItsLine) {
  const std::vector<Token> found = tokens("a\nb\n#");
  EXPECT_EQ(found.back().kind, Kind::kBad);
  EXPECT_EQ(found.back().line, 3u);
}

}  // namespace
}  // namespace ptxsim::ptx
