// Declarations that are not PTX: the driver's code, and the one line that a person reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/ptx/parse_text.h"

namespace ptxsim::ptx {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(DeclarationErrors, WhatIsDeclaredTwice) {
  EXPECT_EQ(body_error(".reg .b32 %r7;"), "line 5: register %r7 is declared twice: .reg .b32 %r7");
  EXPECT_EQ(body_error(".reg .b32 x, x;"), "line 5: register x is declared twice: .reg .b32 x, x");
  EXPECT_EQ(body_error(".reg .b32 %a1;\n.reg .b32 %a<2>;"),
            "line 6: register %a1 is declared twice: .reg .b32 %a<2>");
  EXPECT_EQ(body_error(".local .b32 in;"), "line 5: in is declared twice: .local .b32 in");
  EXPECT_EQ(body_error("A: ret;\nA: ret;"), "line 6: A is declared twice: A: ret");
  EXPECT_EQ(body_error("t: .branchtargets A; t: A: ret;"),
            "line 5: t is declared twice: t: A: ret");
  EXPECT_EQ(module_error(".entry k() {}\n.entry k() {}"),
            "line 5: k is declared twice: .entry k() {}");
  EXPECT_EQ(module_error(".global .u32 k;\n.entry k() {}"),
            "line 5: k is declared twice: .entry k() {}");
  EXPECT_EQ(module_error(".entry k(.param .u32 a, .param .u32 a) {}"),
            "line 4: a is declared twice: .entry k(.param .u32 a, .param .u32 a) {}");
  EXPECT_EQ(module_error(".global .u32 a;\n.const .u32 a;"),
            "line 5: a is declared twice: .const .u32 a");
}

TEST(DeclarationErrors, VariablesThatAreNone) {
  const auto global = [](const std::string& text) { return module_error(".global " + text); };
  EXPECT_EQ(global("u32 a;"), "line 4: a type expected, 'u32' found: .global u32 a");
  EXPECT_EQ(global(".pred a;"), "line 4: a type expected, '.pred' found: .global .pred a");
  EXPECT_EQ(global(".align 3 .u32 a;"),
            "line 4: alignment 3 is no power of two up to 65536: .global .align 3 .u32 a");
  EXPECT_THAT(global(".align 131072 .u32 a;"), HasSubstr("no power of two up to 65536"));
  EXPECT_EQ(global(".u32;"), "line 4: a name expected, ';' found: .global .u32");
  EXPECT_EQ(global(".u32 a[];"), "line 4: variable a has no size: .global .u32 a[]");
  EXPECT_EQ(global(".u32 a[] = {};"), "line 4: variable a has no size: .global .u32 a[] = {}");
  EXPECT_EQ(global(".u32 a[0];"), "line 4: an array of size 0: .global .u32 a[0]");
  EXPECT_EQ(global(".u32 a[2][];"),
            "line 4: an array's size expected, ']' found: .global .u32 a[2][]");
  EXPECT_EQ(global(".u32 a[0x1000000][0x1000000];"),
            "line 4: variable a is too large: .global .u32 a[0x1000000][0x1000000]");
  EXPECT_THAT(global(".u32 a[][0x1000000][0x1000000] = {1};"),
              HasSubstr("variable a is too large"));
  EXPECT_THAT(global(".u32 a[0xFFFFFFFFFFFFFFFF];"), HasSubstr("variable a is too large"));
  EXPECT_THAT(global(".u32 a[0x4000000000000000];"), HasSubstr("variable a is too large"));
  EXPECT_THAT(global(".u8 a[1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1];"),
              HasSubstr("at most 16 dimensions"));
  EXPECT_EQ(global(".attribute(.managed .u32 a;"),
            "line 4: ')' expected, ';' found: .global .attribute(.managed .u32 a");
  EXPECT_EQ(module_error(".extern .global .u32 a;\n.entry k() {}"),
            "line 4: variable a is extern and defined nowhere");
}

TEST(DeclarationErrors, InitialValuesThatAreNone) {
  const auto global = [](const std::string& text) { return module_error(".global " + text); };
  EXPECT_EQ(global(".u8 a = 256;"),
            "line 4: the initial value does not fit its type: .global .u8 a = 256");
  EXPECT_THAT(global(".u8 a = -129;"), HasSubstr("does not fit"));
  EXPECT_THAT(global(".f32 a = 1;"), HasSubstr("does not fit"));
  EXPECT_THAT(global(".u32 a = 0d3FF0000000000000;"), HasSubstr("does not fit"));
  EXPECT_THAT(global(".f16 a = 1.0;"), HasSubstr("does not fit"));
  EXPECT_THAT(global(".b128 a = 0;"), HasSubstr("does not fit"));
  EXPECT_EQ(global(".u8 a[2] = {1, 2, 3};"),
            "line 4: there are more initial values than elements: .global .u8 a[2] = {1, 2, 3}");
  EXPECT_THAT(global(".u8 a[2][2] = {{1, 2}, {3, 4}, {5}};"), HasSubstr("more initial values"));
  EXPECT_EQ(global(".u8 a[2] = 1;"), "line 4: '{' expected, '1' found: .global .u8 a[2] = 1");
  EXPECT_THAT(global(".u8 a = {1};"), HasSubstr("an initial value expected, '{' found"));
  EXPECT_THAT(global(".u8 a[2] = {{1}};"), HasSubstr("an initial value expected, '{' found"));
  EXPECT_THAT(global(".u8 a[2][2] = {1, {2}};"), HasSubstr("a number expected, '{' found"));
  EXPECT_THAT(global(".u8 a[2] = {1,};"), HasSubstr("an initial value expected, '}' found"));
  EXPECT_THAT(global(".u64 a = b;"), HasSubstr("b is not declared"));
  EXPECT_THAT(global(".u32 b; .global .u32 a = b;"), HasSubstr("an address needs 64 bits"));
  EXPECT_THAT(global(".u64 a = generic(a;"), HasSubstr("')' expected, ';' found"));
  EXPECT_THAT(global(".u8 a[0x8000000] = {1};"), HasSubstr("more than 64 MiB"));
  EXPECT_THAT(global(".u8 a[][0x8000000] = {{1}, {1}};"), HasSubstr("more than 64 MiB"));
  EXPECT_THAT(global(".u8 a[40000000] = {1}, b[40000000] = {1};"), HasSubstr("more than 64 MiB"));
  EXPECT_THAT(module_error(".shared .u32 a = 1;"), HasSubstr("a cannot have an initial value"));
  EXPECT_THAT(module_error(".extern .global .u32 a = 1;"),
              HasSubstr("a cannot have an initial value"));
}

TEST(DeclarationErrors, FunctionsThatAreNone) {
  EXPECT_EQ(module_error(".entry (.param .b32 r) k() {}"),
            "line 4: a function's name expected, '(' found: .entry (.param .b32 r) k() {}");
  EXPECT_EQ(module_error(".entry k(.reg .b32 a) {}"),
            "line 4: parameters in registers are not supported: .entry k(.reg .b32 a) {}");
  EXPECT_THAT(module_error(".entry k(.param .b8 a[]) {}"), HasSubstr("parameter a has no size"));
  EXPECT_THAT(module_error(".entry k(.param .b8 a {}"), HasSubstr("')' expected, '{' found"));
  EXPECT_THAT(module_error(".entry k() ret;"), HasSubstr("'{' expected, 'ret' found"));
  EXPECT_THAT(module_error(".entry k() .maxntid 0 {}"), HasSubstr("out of range"));
  EXPECT_THAT(module_error(".entry k() .maxntid 65536, 65536 {}"), HasSubstr("out of range"));
  EXPECT_THAT(module_error(".entry k() .maxntid 1, 1, 1, 1 {}"), HasSubstr("',' found"));
  EXPECT_THAT(module_error(".func a();\n.alias a, b;"),
              StartsWith("line 5: function b is not declared: .alias a, b"));
  EXPECT_THAT(module_error(".func a() {}\n.func b() {}\n.alias a, b;"),
              HasSubstr("a is declared twice"));
}

TEST(DeclarationErrors, RegistersThatAreNone) {
  EXPECT_EQ(body_error(".reg .v2 .b32 a;"),
            "line 5: a type expected, '.v2' found: .reg .v2 .b32 a");
  EXPECT_EQ(body_error(".reg .b32 %a<1048577>;"),
            "line 5: more than 1048576 registers: .reg .b32 %a<1048577>");
  EXPECT_EQ(body_error(".reg .b32 %a<;"),
            "line 5: a number of registers expected, ';' found: .reg .b32 %a<");
  EXPECT_THAT(body_error(".reg .b32 %a<1048576>, %b<1048576>;"),
              HasSubstr("the module has too many registers"));
}

}  // namespace
}  // namespace ptxsim::ptx
