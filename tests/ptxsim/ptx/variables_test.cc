// Variables, parameters and initial values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/ptx/parse_text.h"

namespace ptxsim::ptx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Variable variable(const std::string& text) {
  const Module module = parsed(module_text(text));
  return module.variables.empty() ? Variable() : module.variables.back();
}

TEST(Variables, SpaceSizeAlignmentAndLine) {
  const Variable found = variable("\n.global .align 16 .b8 name[10];");
  EXPECT_EQ(found.name, "name");
  EXPECT_EQ(found.space, Space::kGlobal);
  EXPECT_EQ(found.alignment, 16u);
  EXPECT_EQ(found.bytes, 10u);
  EXPECT_EQ(found.line, 5u);
  EXPECT_THAT(found.initial, IsEmpty());
  EXPECT_EQ(variable(".visible .const .u32 a;").space, Space::kConst);
  EXPECT_EQ(variable(".shared .u32 a;").space, Space::kShared);
}

TEST(Variables, AreAlignedAsTheirTypeWhereNothingIsSaid) {
  EXPECT_EQ(variable(".global .u8 a;").alignment, 1u);
  EXPECT_EQ(variable(".global .f64 a[3];").alignment, 8u);
  EXPECT_EQ(variable(".global .v4 .f32 a;").alignment, 16u);
  EXPECT_EQ(variable(".global .b128 a;").alignment, 16u);
}

TEST(Variables, Sizes) {
  EXPECT_EQ(variable(".global .v2 .f32 a[3];").bytes, 24u);
  EXPECT_EQ(variable(".global .u16 a[2][3][4];").bytes, 48u);
  EXPECT_EQ(variable(".global .u16 a[] = {1, 2, 3};").bytes, 6u);
  EXPECT_EQ(variable(".global .u16 a[][4] = {{1}, {2}};").bytes, 16u);
  EXPECT_EQ(variable(".global .u16 a[][4] = {1, 2, 3, 4, 5};").bytes, 16u);
  EXPECT_EQ(variable(".extern .shared .align 16 .b8 a[];").bytes, 0u);
}

TEST(Variables, AttributesChangeNothing) {
  const Variable found =
      variable(".global .attribute(.unified(19, 95)) .attribute(.managed) .align 8 .u32 a;");
  EXPECT_EQ(found.alignment, 8u);
  EXPECT_EQ(found.bytes, 4u);
}

TEST(Variables, Lists) {
  const Module module = parsed(module_text(".global .u32 a, b[2], c = 5;"));
  ASSERT_EQ(module.variables.size(), 3u);
  EXPECT_EQ(module.variables[1].bytes, 8u);
  EXPECT_EQ(module.variables[1].alignment, 4u);
  EXPECT_EQ(module.variables[2].bytes, 4u);
  EXPECT_THAT(module.variables[2].initial, ElementsAre(5, 0, 0, 0));
}

TEST(Variables, AnExternIsTheDefinitionElsewhere) {
  const Module module = parsed(
      module_text(".extern .global .u32 a[];\n.extern .global .u32 a[];\n.global .u32 a[2];\n"
                  ".extern .global .u32 a[];"));
  ASSERT_EQ(module.variables.size(), 1u);
  EXPECT_EQ(module.variables[0].line, 6u);
}

TEST(Variables, OfAFunction) {
  const Function function =
      kernel(".shared .align 8 .b8 s[16]; { .local .u64 l; } .param .align 4 .b8 p[12];");
  ASSERT_EQ(function.variables.size(), 3u);
  EXPECT_EQ(function.variables[0].space, Space::kShared);
  EXPECT_EQ(function.variables[0].alignment, 8u);
  EXPECT_EQ(function.variables[1].space, Space::kLocal);
  EXPECT_EQ(function.variables[1].bytes, 8u);
  EXPECT_EQ(function.variables[2].space, Space::kParam);
  EXPECT_EQ(function.variables[2].bytes, 12u);
}

TEST(Parameters, SizeAndAlignment) {
  const Module module =
      parsed(module_text(".entry k(.param .u64 .ptr .global .align 16 a, .param .u64 .ptr b, "
                         ".param .align 8 .b8 c[56],"
                         " .param .u8 d, .param .b64 .ptr .shared .align 4 e) {}"));
  std::vector<std::pair<uint64_t, uint32_t>> found;
  for (const Variable& one : module.functions.at(0).parameters) {
    EXPECT_EQ(one.space, Space::kParam);
    found.emplace_back(one.bytes, one.alignment);
  }
  using Pair = std::pair<uint64_t, uint32_t>;
  EXPECT_THAT(found, ElementsAre(Pair(8, 8), Pair(8, 8), Pair(56, 8), Pair(1, 1), Pair(8, 8)));
}

TEST(InitialValues, Integers) {
  EXPECT_THAT(variable(".global .u32 a = 0x01020304;").initial, ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(variable(".global .s16 a = -2;").initial, ElementsAre(0xFE, 0xFF));
  EXPECT_THAT(variable(".global .b8 a[4] = {255, -128, 0b11, 017};").initial,
              ElementsAre(255, 128, 3, 15));
  EXPECT_THAT(variable(".const .u64 a = 18446744073709551615;").initial,
              ElementsAre(255, 255, 255, 255, 255, 255, 255, 255));
}

TEST(InitialValues, Floats) {
  EXPECT_THAT(variable(".global .f32 a = 0f3F800000;").initial, ElementsAre(0, 0, 0x80, 0x3F));
  EXPECT_THAT(variable(".global .f32 a = 1.0;").initial, ElementsAre(0, 0, 0x80, 0x3F));
  EXPECT_THAT(variable(".global .f32 a = -0d3FF0000000000000;").initial,
              ElementsAre(0, 0, 0x80, 0xBF));
  EXPECT_THAT(variable(".global .b32 a = 0f3F800000;").initial, ElementsAre(0, 0, 0x80, 0x3F));
  EXPECT_THAT(variable(".global .f64 a = 0d3FF0000000000000;").initial,
              ElementsAre(0, 0, 0, 0, 0, 0, 0xF0, 0x3F));
  EXPECT_THAT(variable(".global .f64 a = 0f3F800000;").initial,
              ElementsAre(0, 0, 0, 0, 0, 0, 0xF0, 0x3F));
  EXPECT_THAT(variable(".global .f32 a = 0;").initial, ElementsAre(0, 0, 0, 0));
}

// The PTX manual, 5.4.4: "{ {1,2}, {3} }" of [3][2] is "{ {1,2}, {3,0}, {0,0} }".
TEST(InitialValues, WhatIsNotSaidIsZero) {
  EXPECT_THAT(variable(".global .s8 x[3][2] = { {1,2}, {3} };").initial,
              ElementsAre(1, 2, 3, 0, 0, 0));
  EXPECT_THAT(variable(".global .b8 a[4] = {};").initial, ElementsAre(0, 0, 0, 0));
}

TEST(InitialValues, VectorsAreTheInnermostDimension) {
  EXPECT_THAT(variable(".global .v2 .u8 a[2] = {{1, 2}, {3, 4}};").initial,
              ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(variable(".global .v2 .u8 a = {1, 2};").initial, ElementsAre(1, 2));
}

TEST(InitialValues, AddressesOfVariables) {
  const Variable found = variable(
      ".global .u32 foo; .func f();\n"
      ".global .u64 a[6] = {foo, 7, generic(foo)+4, generic(foo+8), a, f};");
  EXPECT_EQ(found.initial.size(), 48u);
  EXPECT_EQ(found.initial[8], 7);
  struct Expected {
    uint64_t at;
    const char* name;
    uint64_t addend;
  };
  const Expected kExpected[] = {
      {0, "foo", 0}, {16, "foo", 4}, {24, "foo", 8}, {32, "a", 0}, {40, "f", 0}};
  ASSERT_EQ(found.references.size(), std::size(kExpected));
  for (size_t i = 0; i < found.references.size(); ++i) {
    EXPECT_EQ(found.references[i].at, kExpected[i].at);
    EXPECT_EQ(found.references[i].name, kExpected[i].name);
    EXPECT_EQ(found.references[i].addend, kExpected[i].addend);
  }
}

}  // namespace
}  // namespace ptxsim::ptx
