// Modules, functions, registers, scopes and labels.
#include "tests/ptxsim/ptx/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/ptx/parse_text.h"

namespace ptxsim::ptx {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::Field;

std::vector<std::string> mnemonics(const Function& function) {
  std::vector<std::string> found;
  for (const Instruction& one : function.instructions) found.push_back(one.mnemonic);
  return found;
}

TEST(ParserModule, VersionAndTarget) {
  const Module module = parsed(".version 8.7\n.target sm_120f, debug\n.address_size 64\n");
  EXPECT_EQ(module.version_major, 8u);
  EXPECT_EQ(module.version_minor, 7u);
  EXPECT_EQ(module.target, "sm_120f");
  EXPECT_TRUE(module.functions.empty());
  EXPECT_TRUE(module.variables.empty());
}

TEST(ParserModule, VersionsFrom60To94AreKnown) {
  for (const char* version : {"6.0", "7.8", "8.8", "9.0", "9.3", "9.4", "9.5"}) {
    EXPECT_TRUE(parse(std::string(".version ") + version + "\n.target sm_80\n").ok()) << version;
  }
}

TEST(ParserFunctions, AKernelsHeader) {
  const Module module =
      parsed(module_text(".visible .entry k(\n .param .u32 a,\n .param .align 8 .b8 b[56]\n)\n"
                         ".maxntid 16, 8\n.minnctapersm 2\n.maxnreg 64\n{ ret; }"));
  ASSERT_EQ(module.functions.size(), 1u);
  const Function& function = module.functions[0];
  EXPECT_EQ(function.name, "k");
  EXPECT_TRUE(function.is_entry);
  EXPECT_EQ(function.line, 4u);
  EXPECT_EQ(function.max_threads, 128u);
  EXPECT_THAT(function.required_threads, ElementsAre(0, 0, 0));
  EXPECT_THAT(function.parameters,
              ElementsAre(Field(&Variable::name, "a"), Field(&Variable::name, "b")));
  EXPECT_THAT(mnemonics(function), ElementsAre("ret"));
}

TEST(ParserFunctions, RequiredThreadsThatAreNotSaidAreOne) {
  const Module module = parsed(module_text(".entry k .reqntid 128 {}"));
  EXPECT_THAT(module.functions[0].required_threads, ElementsAre(128, 1, 1));
  EXPECT_EQ(module.functions[0].max_threads, 0u);
}

TEST(ParserFunctions, AFunctionsResultsAndParameters) {
  const Module module = parsed(module_text(
      ".func (.param .b32 result) f (.param .b64 a, .param .f32 b) .noreturn { ret; }"));
  const Function& function = module.functions.at(0);
  EXPECT_FALSE(function.is_entry);
  EXPECT_THAT(function.results, ElementsAre(Field(&Variable::name, "result")));
  EXPECT_THAT(function.parameters,
              ElementsAre(Field(&Variable::name, "a"), Field(&Variable::name, "b")));
}

TEST(ParserFunctions, ADeclarationAloneLeavesNothing) {
  const Module module = parsed(
      module_text(".extern .func (.param .b32 r) vprintf (.param .b64 a, .param .b64 b);\n"
                  ".func f(.param .b32 a);\n.func f(.param .b32 a);\n.entry k() { call f, (f); }\n"
                  ".func f(.param .b32 a) { ret; }\n"));
  EXPECT_THAT(module.functions,
              ElementsAre(Field(&Function::name, "k"), Field(&Function::name, "f")));
}

TEST(ParserFunctions, AnAliasIsCalledByTheFunctionsName) {
  const Module module = parsed(
      module_text(".func f(); .func a(); .func b();\n.alias a, f;\n.alias b, a;\n"
                  ".entry k() { call a; call b; }\n.func f() { ret; }\n.global .u64 p = a;"));
  EXPECT_EQ(module.functions[0].instructions[0].operands[0].name, "f");
  EXPECT_EQ(module.functions[0].instructions[1].operands[0].name, "f");
  EXPECT_EQ(module.variables[0].references[0].name, "f");
}

TEST(ParserRegisters, RangesListsAndTypes) {
  const Function function =
      parsed(module_text(".entry k() { .reg .pred p; .reg .b16 %h<2>, x; .reg.f64 %d; }"))
          .functions.at(0);
  std::vector<std::pair<std::string, uint32_t>> found;
  for (const Register& one : function.registers) found.emplace_back(one.name, one.bits);
  const std::vector<std::pair<std::string, uint32_t>> expected = {
      {"p", 1}, {"%h0", 16}, {"%h1", 16}, {"x", 16}, {"%d", 64}};
  EXPECT_EQ(found, expected);
}

TEST(ParserRegisters, BitsOfEveryType) {
  const std::pair<const char*, uint32_t> kTypes[] = {
      {".pred", 1},   {".b8", 8},     {".b16", 16},    {".b32", 32}, {".b64", 64},
      {".b128", 128}, {".u8", 8},     {".u16", 16},    {".u32", 32}, {".u64", 64},
      {".s8", 8},     {".s16", 16},   {".s32", 32},    {".s64", 64}, {".f16", 16},
      {".bf16", 16},  {".f16x2", 32}, {".bf16x2", 32}, {".f32", 32}, {".f64", 64}};
  for (const auto& [type, bits] : kTypes) {
    const Module module = parsed(module_text(std::string(".entry k() { .reg ") + type + " a; }"));
    EXPECT_EQ(module.functions.at(0).registers.at(0).bits, bits) << type;
  }
}

TEST(ParserRegisters, AMillionAreReadAtOnce) {
  const Module module = parsed(module_text(".entry k() { .reg .b32 %r<1000000>; }"));
  ASSERT_EQ(module.functions[0].registers.size(), 1000000u);
  EXPECT_EQ(module.functions[0].registers[999999].name, "%r999999");
}

TEST(ParserScopes, AnInnerRegisterHidesTheOuterOneUpToItsBrace) {
  const Function function =
      kernel("mov.b32 %r1, 0; { .reg .b64 %r1; mov.b64 %r1, 0; } mov.b32 %r1, 0;");
  ASSERT_EQ(function.instructions.size(), 3u);
  EXPECT_EQ(function.instructions[0].operands[0].index, kR0 + 1);
  EXPECT_EQ(function.instructions[1].operands[0].index, 16u);
  EXPECT_EQ(function.registers[16].bits, 64u);
  EXPECT_EQ(function.instructions[2].operands[0].index, kR0 + 1);
}

TEST(ParserScopes, VariablesOfOneNameAreToldApart) {
  const Function function = kernel(
      "{ .param .b32 param0; st.param.b32 [param0], %r1; }\n"
      "{ .param .b64 param0; st.param.b64 [param0+0], %rd1; }\n"
      "{ .local .b32 in; ld.param.u32 %r1, [in]; }\n ld.param.u64 %rd1, [in];");
  EXPECT_THAT(function.variables,
              ElementsAre(Field(&Variable::name, "param0"), Field(&Variable::name, "param0#2"),
                          Field(&Variable::name, "in#1")));
  std::vector<std::string> used;
  for (const Instruction& one : function.instructions) {
    for (const Operand& operand : one.operands) {
      if (operand.kind == Operand::Kind::kAddress) used.push_back(operand.elements[0].name);
    }
  }
  EXPECT_THAT(used, ElementsAre("param0", "param0#2", "in#1", "in"));
}

TEST(ParserScopes, SixtyFourNestedBracesAreRead) {
  EXPECT_TRUE(parse(kernel_text(std::string(63, '{') + std::string(63, '}'))).ok());
  EXPECT_FALSE(parse(kernel_text(std::string(64, '{') + std::string(64, '}'))).ok());
}

TEST(ParserLabels, PointAtTheInstructionThatFollows) {
  const Function function = kernel("A: bra C;\nB: @%p1 bra A;\nbra B; C:\nret;");
  ASSERT_EQ(function.instructions.size(), 4u);
  const auto target = [&](size_t i) {
    EXPECT_EQ(function.instructions[i].operands[0].kind, Operand::Kind::kLabel);
    return function.instructions[i].operands[0].index;
  };
  EXPECT_EQ(target(0), 3u);
  EXPECT_EQ(target(1), 0u);
  EXPECT_EQ(target(2), 1u);
}

TEST(ParserLabels, OneAtTheEndPointsBehindTheLastInstruction) {
  EXPECT_EQ(kernel("bra.uni END; ret; END:").instructions[0].operands[0].index, 2u);
}

TEST(ParserLabels, AreLocalToTheirScope) {
  const Function function =
      kernel("LAB: ret; { LAB: bra LAB; } { bra LAB; ret; LAB: } { bra LAB; } { bra OUT; } OUT:");
  ASSERT_EQ(function.instructions.size(), 6u);
  EXPECT_EQ(function.instructions[1].operands[0].index, 1u);
  EXPECT_EQ(function.instructions[2].operands[0].index, 4u);
  EXPECT_EQ(function.instructions[4].operands[0].index, 0u);
  EXPECT_EQ(function.instructions[5].operands[0].index, 6u);
}

TEST(ParserLabels, BranchTargetsAreAVectorOfLabels) {
  const Function function = kernel("ts: .branchtargets A, B; brx.idx %r1, ts; B: ret; A:");
  const Operand& targets = function.instructions[0].operands.at(1);
  EXPECT_EQ(targets.kind, Operand::Kind::kVector);
  EXPECT_THAT(targets.elements,
              ElementsAre(Field(&Operand::index, 2u), Field(&Operand::index, 1u)));
  EXPECT_THAT(targets.elements, testing::Each(Field(&Operand::kind, Operand::Kind::kLabel)));
}

TEST(ParserInstructions, TextIsTheSourceOnOneLine) {
  const Function function = kernel("  @!%p1\tadd.s32 \t%r1, // first\n  %r2,\n/* c */ -5;\n\nret;");
  EXPECT_EQ(function.instructions[0].text, "@!%p1 add.s32 %r1, %r2, -5");
  EXPECT_EQ(function.instructions[0].line, kLineOfBody);
  EXPECT_EQ(function.instructions[1].text, "ret");
  EXPECT_EQ(function.instructions[1].line, kLineOfBody + 4);
  EXPECT_EQ(kernel("@%p1\n\n ret;").instructions[0].line, kLineOfBody);
}

TEST(ParserInstructions, TheMnemonicHasEveryModifier) {
  EXPECT_EQ(instruction("ld.global.L1::no_allocate.L2::128B.v2.u32 {%r1,%r2}, [%rd1];").mnemonic,
            "ld.global.L1::no_allocate.L2::128B.v2.u32");
  EXPECT_EQ(instruction("cp.async.bulk.tensor.2d.shared::cta.global.mbarrier::complete_tx::bytes "
                        "[%r1], [%rd1, {%r2, %r3}], [%r4];")
                .mnemonic,
            "cp.async.bulk.tensor.2d.shared::cta.global.mbarrier::complete_tx::bytes");
}

TEST(ParserInstructions, Guards) {
  const Instruction plain = instruction("ret;");
  EXPECT_FALSE(plain.guarded);
  const Instruction guarded = instruction("@%p2 ret;");
  EXPECT_TRUE(guarded.guarded);
  EXPECT_FALSE(guarded.guard_negated);
  EXPECT_EQ(guarded.guard, 2u);
  const Instruction negated = instruction("@!%p3 ret;");
  EXPECT_TRUE(negated.guarded);
  EXPECT_TRUE(negated.guard_negated);
  EXPECT_EQ(negated.guard, 3u);
}

TEST(ParserInstructions, EmptyStatementsAndPragmasLeaveNothing) {
  EXPECT_THAT(mnemonics(kernel(";;.pragma \"nounroll\";;ret;;")), ElementsAre("ret"));
}

}  // namespace
}  // namespace ptxsim::ptx
