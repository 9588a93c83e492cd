// Text that is not PTX: the driver's code, and the one line that a person reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/ptx/parse_text.h"

namespace ptxsim::ptx {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TEST(ParserErrors, AModuleBeginsWithItsVersion) {
  EXPECT_EQ(error(""), "line 1: .version expected, the end of the text found");
  EXPECT_EQ(error("\n// nothing\n"), "line 3: .version expected, the end of the text found");
  EXPECT_EQ(error(".target sm_80\n.version 9.0\n"),
            "line 1: .version expected, '.target' found: .target sm_80");
  EXPECT_EQ(error(".version 9.0\n.entry k() {}"),
            "line 2: .target expected, '.entry' found: .entry k() {}");
  EXPECT_EQ(error("\x7f"
                  "ELF\x02\x01"),
            "line 1: byte 0x7f is not PTX: \\x7fELF\\x02\\x01");
}

TEST(ParserErrors, Versions) {
  const auto version = [](const std::string& number, CUresult code) {
    return error(".version " + number + "\n.target sm_80\n", code);
  };
  EXPECT_EQ(version("9.6", CUDA_ERROR_UNSUPPORTED_PTX_VERSION),
            "line 1: PTX version 9.6 is not known, the newest known is 9.5: .version 9.6");
  EXPECT_THAT(version("9.10", CUDA_ERROR_UNSUPPORTED_PTX_VERSION), HasSubstr("9.10 is not known"));
  EXPECT_THAT(version("10.0", CUDA_ERROR_UNSUPPORTED_PTX_VERSION), HasSubstr("10.0 is not known"));
  EXPECT_EQ(version("5.8", CUDA_ERROR_INVALID_PTX),
            "line 1: PTX version 5.8 is older than 6.0: .version 5.8");
  for (const char* number : {"9", "x", "9.x", "9.", ".9", "0x9.0", "1e3"}) {
    EXPECT_THAT(version(number, CUDA_ERROR_INVALID_PTX), HasSubstr("a version expected")) << number;
  }
}

TEST(ParserErrors, Targets) {
  EXPECT_EQ(error(".version 9.0\n.target compute_80\n"),
            "line 2: a target expected, 'compute_80' found: .target compute_80");
  EXPECT_EQ(error(".version 9.0\n.target sm_90x\n"),
            "line 2: a target expected, 'sm_90x' found: .target sm_90x");
  EXPECT_EQ(error(".version 9.0\n.target sm_80, fast\n"),
            "line 2: an option of .target expected, 'fast' found: .target sm_80, fast");
  EXPECT_EQ(error(".version 9.0\n.target sm_80\n.address_size 32\n"),
            "line 3: only addresses of 64 bits are supported: .address_size 32");
}

TEST(ParserErrors, WhatIsNotDeclared) {
  EXPECT_EQ(body_error("ret;\nadd.s32 %r9, %r1, %r2; ret;"),
            "line 6: register %r9 is not declared: add.s32 %r9, %r1, %r2");
  EXPECT_EQ(body_error("add.s32 %r1, %r1,\n  %r9;"),
            "line 5: register %r9 is not declared: add.s32 %r1, %r1, %r9");
  EXPECT_EQ(body_error("@%p9 ret;"), "line 5: register %p9 is not declared: @%p9 ret");
  EXPECT_EQ(body_error("mov.u32 %r1, %tid.q;"),
            "line 5: register %tid.q is not declared: mov.u32 %r1, %tid.q");
  EXPECT_EQ(body_error("mov.u32 %r1, %envreg32;"),
            "line 5: register %envreg32 is not declared: mov.u32 %r1, %envreg32");
  EXPECT_EQ(body_error("mov.u64 %rd1, nothing;"),
            "line 5: nothing is not declared: mov.u64 %rd1, nothing");
  EXPECT_EQ(body_error("ld.u32 %r1, [nothing+4];"),
            "line 5: nothing is not declared: ld.u32 %r1, [nothing+4]");
  EXPECT_EQ(body_error("op [%rd1, {%r1, nothing}];"),
            "line 5: nothing is not declared: op [%rd1, {%r1, nothing}]");
  EXPECT_EQ(body_error("call k, (nothing);"), "line 5: nothing is not declared: call k, (nothing)");
  EXPECT_EQ(body_error("mov.b32 %r1, x; .reg .b32 x;"),
            "line 5: x is not declared: mov.b32 %r1, x");
  EXPECT_EQ(body_error("{ .reg .b32 x; } mov.b32 %r1, x;"),
            "line 5: x is not declared: mov.b32 %r1, x");
}

TEST(ParserErrors, LabelsThatAreNowhere) {
  EXPECT_EQ(body_error("ret;\n@%p1 bra $L_1;\nret;\nbra $L_2;"),
            "line 6: there is no label $L_1 in this scope: @%p1 bra $L_1");
  EXPECT_EQ(body_error("bra.uni X;\n{ X: ret; }"),
            "line 5: there is no label X in this scope: bra.uni X");
  EXPECT_EQ(body_error("ts: .branchtargets A; brx.idx %r1, ts;"),
            "line 5: A is not declared: brx.idx %r1, ts");
}

TEST(ParserErrors, UnknownDirectives) {
  EXPECT_EQ(module_error(".texture t;"),
            "line 4: unknown directive .texture of a module: .texture t");
  EXPECT_EQ(module_error(".reg .b32 a;"),
            "line 4: unknown directive .reg of a module: .reg .b32 a");
  EXPECT_EQ(module_error(".local .b32 a;"),
            "line 4: unknown directive .local of a module: .local .b32 a");
  EXPECT_EQ(module_error(".entry k .fast 3 {}"),
            "line 4: unknown directive .fast of a function: .entry k .fast 3 {}");
  EXPECT_EQ(body_error(".global .u32 a;"),
            "line 5: unknown directive .global in a function: .global .u32 a");
  EXPECT_EQ(module_error("entry k() {}"),
            "line 4: a directive expected, 'entry' found: entry k() {}");
  EXPECT_EQ(module_error(".entry k() {}\n}"), "line 5: a directive expected, '}' found: }");
}

TEST(ParserErrors, InstructionsThatAreNone) {
  EXPECT_EQ(body_error("add.s32 %r1, %r2 %r3;"),
            "line 5: ',' or ';' expected, '%r3' found: add.s32 %r1, %r2 %r3");
  EXPECT_EQ(body_error("add.s32 %r1, %r2\nret;"),
            "line 5: ',' or ';' expected, 'ret' found: add.s32 %r1, %r2 ret");
  EXPECT_EQ(body_error("add.s32 %r1, , %r2;"),
            "line 5: an operand expected, ',' found: add.s32 %r1, , %r2");
  EXPECT_EQ(body_error("add.s32 %r1, %r2,;"),
            "line 5: an operand expected, ';' found: add.s32 %r1, %r2,");
  EXPECT_EQ(body_error("%r1 = 5;"), "line 5: '%r1' is no opcode: %r1 = 5");
  EXPECT_EQ(body_error("@%p1;"), "line 5: an opcode expected, ';' found: @%p1");
  EXPECT_EQ(body_error("@%r1 ret;"), "line 5: guard %r1 is no predicate: @%r1 ret");
  EXPECT_EQ(body_error("@5 ret;"), "line 5: a predicate expected, '5' found: @5 ret");
  EXPECT_EQ(body_error("[%r1];"), "line 5: an instruction expected, '[' found: [%r1]");
  EXPECT_EQ(body_error("mov.b64 {%r1, %r2, %rd1;"),
            "line 5: '}' expected, ';' found: mov.b64 {%r1, %r2, %rd1");
  EXPECT_EQ(body_error("mov.b64 {}, %rd1;"),
            "line 5: an operand expected, '}' found: mov.b64 {}, %rd1");
}

TEST(ParserErrors, OperandsThatAreNone) {
  EXPECT_EQ(body_error("not.pred %p1, !%r1;"),
            "line 5: what '!' stands before is no predicate: not.pred %p1, !%r1");
  EXPECT_EQ(body_error("mov.u32 %r1, 08;"),
            "line 5: a number expected, '08' found: mov.u32 %r1, 08");
  for (const char* number : {"0xG", "0x", "0b2", "12ab", "0f3F8", "0d3FF", "1.5.5", "0f3F800000U",
                             "18446744073709551616", "1e999", "1_0", "0x1_0"}) {
    EXPECT_EQ(body_error(std::string("op ") + number + ";"),
              std::string("line 5: a number expected, '") + number + "' found: op " + number);
  }
  EXPECT_EQ(body_error("op -%r1;"), "line 5: a number expected, '%r1' found: op -%r1");
  EXPECT_EQ(body_error("op [];"), "line 5: an address expected, ']' found: op []");
  EXPECT_EQ(body_error("op [[%rd1]];"), "line 5: an address expected, '[' found: op [[%rd1]]");
  EXPECT_EQ(body_error("op [-4];"), "line 5: an address expected, '-' found: op [-4]");
  EXPECT_EQ(body_error("op [0f00000000];"), "line 5: this is no address: op [0f00000000]");
  EXPECT_EQ(body_error("op [%rd1+%r1];"), "line 5: an offset expected, '%r1' found: op [%rd1+%r1]");
  EXPECT_EQ(body_error("op [%rd1+1.5];"), "line 5: an offset expected, '1.5' found: op [%rd1+1.5]");
  EXPECT_EQ(body_error("op [%rd1+4;"), "line 5: ']' expected, ';' found: op [%rd1+4");
  EXPECT_EQ(body_error("op [4, {%r1}];"),
            "line 5: coordinates need an address before them: op [4, {%r1}]");
  EXPECT_EQ(body_error("op {);"), "line 5: an operand expected, ')' found: op {)");
  EXPECT_EQ(body_error("op (};"), "line 5: an operand expected, '}' found: op (}");
  EXPECT_EQ(body_error("op %p1|!%p2;"),
            "line 5: what stands beside '|' is no register: op %p1|!%p2");
  EXPECT_EQ(body_error("op %p1|5;"), "line 5: what stands beside '|' is no register: op %p1|5");
  EXPECT_EQ(body_error("op {{%r1}};"), "line 5: an operand expected, '{' found: op {{%r1}}");
  EXPECT_EQ(body_error("op in+4;"), "line 5: ',' or ';' expected, '+' found: op in+4");
}

TEST(ParserErrors, ATextThatIsCutOff) {
  const std::string whole = kernel_text("");
  EXPECT_EQ(error(whole.substr(0, whole.find('}'))), "line 6: the text ends within function k");
  EXPECT_EQ(error(module_text(std::string(kKernel) + "ret")),
            "line 5: an operand expected, the end of the text found: ret");
  EXPECT_EQ(module_error(".entry k(.param"),
            "line 4: a type expected, the end of the text found: .entry k(.param");
  EXPECT_EQ(body_error("/* ret;"), "line 5: a comment is not closed");
  EXPECT_EQ(body_error("add.s32 %r1,\n\n  #;"), "line 7: '#' is not PTX: add.s32 %r1, #");
}

TEST(ParserErrors, MessagesAreOneShortPrintableLine) {
  const std::string message = body_error("add.s32 %r1, " + std::string(100000, 'x') + "\n\xff;");
  EXPECT_LT(message.size(), 700u);
  EXPECT_THAT(message, EndsWith("..."));
  EXPECT_EQ(message.find('\n'), std::string::npos);
  const std::string unknown = module_error("." + std::string(100000, 'x') + ";");
  EXPECT_LT(unknown.size(), 700u);
}

TEST(ParserErrors, DeepNestingEndsAtOnce) {
  for (const char mark : {'{', '[', '(', '<', '!', '-'}) {
    EXPECT_NE(error(std::string(1000000, mark)), "no error");
    EXPECT_NE(module_error(std::string(1000000, mark)), "no error");
    EXPECT_NE(body_error(std::string(1000000, mark)), "no error");
    EXPECT_NE(body_error("op " + std::string(1000000, mark)), "no error");
    EXPECT_NE(module_error(".global .u8 a[4] = " + std::string(1000000, mark)), "no error");
  }
  EXPECT_EQ(body_error(std::string(1000000, '{')).substr(0, 43),
            "line 5: braces are nested deeper than 64: {");
}

std::string repeated(size_t times, const std::string& text) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

// A megabyte that would be gigabytes as a module.
TEST(ParserErrors, NamesThatAreCopiedTooOften) {
  const std::string uses = repeated(30000, "op ts;");
  EXPECT_THAT(body_error("A: ts: .branchtargets A" + repeated(100000, ",A") + ";" + uses),
              HasSubstr("too many branch targets or calls by an alias"));
  const std::string name(500000, 'f');
  EXPECT_THAT(module_error(".func " + name + "(); .func a(); .alias a, " + name + ";\n.func b() {" +
                           repeated(30000, "call a;") + "}"),
              HasSubstr("too many branch targets or calls by an alias"));
}

}  // namespace
}  // namespace ptxsim::ptx
