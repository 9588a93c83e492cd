// The kinds of operands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/ptx/parse_text.h"

namespace ptxsim::ptx {
namespace {

using Kind = Operand::Kind;

// The last operand of an instruction.
Operand operand(const std::string& text) {
  const Instruction one = instruction("op " + text + ";");
  return one.operands.empty() ? Operand() : one.operands.back();
}

TEST(Operands, Registers) {
  const Operand found = operand("%rd2");
  EXPECT_EQ(found.kind, Kind::kRegister);
  EXPECT_EQ(found.index, kRd0 + 2);
  EXPECT_FALSE(found.negated);
  const Operand negated = operand("!%p3");
  EXPECT_EQ(negated.kind, Kind::kRegister);
  EXPECT_EQ(negated.index, 3u);
  EXPECT_TRUE(negated.negated);
}

TEST(Operands, Integers) {
  const std::pair<const char*, uint64_t> kLiterals[] = {
      {"0", 0},
      {"0U", 0},
      {"42", 42},
      {"42U", 42},
      {"-1", ~uint64_t{0}},
      {"-2147483648", 0xFFFFFFFF80000000},
      {"0x7770U", 0x7770},
      {"0XfF", 255},
      {"-0x10", 0xFFFFFFFFFFFFFFF0},
      {"0b1101", 13},
      {"017", 15},
      {"00", 0},
      {"4294967295", 0xFFFFFFFF},
      {"18446744073709551615", ~uint64_t{0}},
      {"0xFFFFFFFFFFFFFFFF", ~uint64_t{0}},
  };
  for (const auto& [text, bits] : kLiterals) {
    const Operand found = operand(text);
    EXPECT_EQ(found.kind, Kind::kLiteral) << text;
    EXPECT_EQ(found.bits, bits) << text;
    EXPECT_EQ(found.literal_bits, 0u) << text;
  }
}

TEST(Operands, Floats) {
  struct Case {
    const char* text;
    uint64_t bits;
    uint32_t literal_bits;
  };
  const Case kCases[] = {
      {"0f3F800000", 0x3F800000, 32},      {"0Fff7fFFfF", 0xFF7FFFFF, 32},
      {"-0f3F800000", 0xBF800000, 32},     {"0d400921FB54442D18", 0x400921FB54442D18, 64},
      {"1.0", 0x3FF0000000000000, 64},     {"1.", 0x3FF0000000000000, 64},
      {"-2.0", 0xC000000000000000, 64},    {"5e-1", 0x3FE0000000000000, 64},
      {"1.25E+2", 0x405F400000000000, 64},
  };
  for (const Case& one : kCases) {
    const Operand found = operand(one.text);
    EXPECT_EQ(found.kind, Kind::kLiteral) << one.text;
    EXPECT_EQ(found.bits, one.bits) << one.text;
    EXPECT_EQ(found.literal_bits, one.literal_bits) << one.text;
  }
}

TEST(Operands, Names) {
  for (const char* name : {"%tid.x", "%ctaid.z", "%laneid", "%envreg31", "%pm7_64", "%clock64",
                           "WARP_SZ", "in", "k"}) {
    const Operand found = operand(name);
    EXPECT_EQ(found.kind, Kind::kName) << name;
    EXPECT_EQ(found.name, name);
  }
}

TEST(Operands, Sinks) {
  EXPECT_EQ(operand("_").kind, Kind::kSink);
}

TEST(Operands, Addresses) {
  const std::pair<const char*, uint64_t> kOffsets[] = {{"[%rd1]", 0},
                                                       {"[%rd1+16]", 16},
                                                       {"[ %rd1 + 0 ]", 0},
                                                       {"[%rd1+-16]", ~uint64_t{15}},
                                                       {"[%rd1-16]", ~uint64_t{15}},
                                                       {"[%rd1+0x10]", 16},
                                                       {"[%rd1+8+4]", 12}};
  for (const auto& [text, offset] : kOffsets) {
    const Operand found = operand(text);
    EXPECT_EQ(found.kind, Kind::kAddress) << text;
    EXPECT_EQ(found.bits, offset) << text;
    ASSERT_EQ(found.elements.size(), 1u) << text;
    EXPECT_EQ(found.elements[0].kind, Kind::kRegister);
    EXPECT_EQ(found.elements[0].index, kRd0 + 1);
  }
}

TEST(Operands, AddressesOfNames) {
  const Operand found = operand("[in+8]");
  EXPECT_EQ(found.kind, Kind::kAddress);
  EXPECT_EQ(found.bits, 8u);
  ASSERT_EQ(found.elements.size(), 1u);
  EXPECT_EQ(found.elements[0].kind, Kind::kName);
  EXPECT_EQ(found.elements[0].name, "in");
}

TEST(Operands, AddressesOfNumbers) {
  const Operand found = operand("[0x100+4]");
  EXPECT_EQ(found.kind, Kind::kAddress);
  EXPECT_EQ(found.bits, 260u);
  EXPECT_TRUE(found.elements.empty());
}

TEST(Operands, AddressesWithCoordinates) {
  const Operand found = operand("[%rd1, {%r1, %r2}]");
  EXPECT_EQ(found.kind, Kind::kAddress);
  ASSERT_EQ(found.elements.size(), 2u);
  EXPECT_EQ(found.elements[0].index, kRd0 + 1);
  EXPECT_EQ(found.elements[1].kind, Kind::kVector);
  ASSERT_EQ(found.elements[1].elements.size(), 2u);
  EXPECT_EQ(found.elements[1].elements[1].index, kR0 + 2);
}

TEST(Operands, Vectors) {
  const Operand found = operand("{%r1, _, 0, -1, 0f00000000}");
  EXPECT_EQ(found.kind, Kind::kVector);
  ASSERT_EQ(found.elements.size(), 5u);
  EXPECT_EQ(found.elements[0].index, kR0 + 1);
  EXPECT_EQ(found.elements[1].kind, Kind::kSink);
  EXPECT_EQ(found.elements[2].kind, Kind::kLiteral);
  EXPECT_EQ(found.elements[3].bits, ~uint64_t{0});
  EXPECT_EQ(found.elements[4].literal_bits, 32u);
  EXPECT_EQ(operand("{ %r1 }").elements.size(), 1u);
}

TEST(Operands, Pairs) {
  const Operand found = operand("%p1|%p2");
  EXPECT_EQ(found.kind, Kind::kPair);
  ASSERT_EQ(found.elements.size(), 2u);
  EXPECT_EQ(found.elements[0].index, 1u);
  EXPECT_EQ(found.elements[1].index, 2u);
  EXPECT_EQ(operand("%p1|_").elements[1].kind, Kind::kSink);
  EXPECT_EQ(operand("_|%p1").elements[0].kind, Kind::kSink);
  EXPECT_EQ(operand("%r1|%p1").elements[0].index, kR0 + 1);
}

std::vector<Kind> kinds(const Instruction& one) {
  std::vector<Kind> found;
  for (const Operand& operand : one.operands) found.push_back(operand.kind);
  return found;
}

TEST(Operands, OfCalls) {
  const std::string declared = ".param .b32 a; .param .b32 b; .param .b32 r; ";
  const auto call = [&](const std::string& text) { return instruction(declared + text); };
  using testing::ElementsAre;
  const Instruction full = call("call.uni (r), k, (a, b);");
  EXPECT_EQ(full.mnemonic, "call.uni");
  EXPECT_THAT(kinds(full), ElementsAre(Kind::kVector, Kind::kName, Kind::kVector));
  EXPECT_EQ(full.operands[0].elements.at(0).name, "r");
  EXPECT_EQ(full.operands[1].name, "k");
  EXPECT_EQ(full.operands[2].elements.at(1).name, "b");
  EXPECT_THAT(kinds(call("call k, (a);")), ElementsAre(Kind::kName, Kind::kVector));
  EXPECT_THAT(kinds(call("call (r), k;")), ElementsAre(Kind::kVector, Kind::kName));
  EXPECT_THAT(kinds(call("call k;")), ElementsAre(Kind::kName));
  EXPECT_TRUE(call("call k, ();").operands.at(1).elements.empty());
  EXPECT_THAT(kinds(call("proto: .callprototype (.param .b32 _) _ (.param .b64 _);"
                         "call (r), %rd1, (a), proto;")),
              ElementsAre(Kind::kVector, Kind::kRegister, Kind::kVector, Kind::kName));
}

}  // namespace
}  // namespace ptxsim::ptx
