// Whole files. What the parser finds is compared with what plain searches of their lines find.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/ptxsim/ptx/corpus_files.h"
#include "tests/ptxsim/ptx/parse_text.h"

namespace ptxsim::ptx {
namespace {

using testing::ElementsAre;

// Those that NVRTC made.
constexpr const char* kCompiled[] = {"mxfp4_call_sm_100a", "mxfp8_sm_90", "nvfp4_sm_100a"};

struct Expected {
  std::vector<std::pair<std::string, uint32_t>> instructions;  // text and line, of all functions
  std::map<std::string, std::string> behind_label;             // the text of what follows it
  size_t registers = 0;
};

// A line of the source as lines of one statement each, without comments and needless blanks.
std::vector<std::string> statements(const std::string& line) {
  const std::pair<const char*, const char*> kChanges[] = {
      {"//.*", ""},          {"\\s+", " "}, {"\\{ ?(?=\\.reg)", "{\n"},
      {";\\s*(?=.)", ";\n"}, {"\n ", "\n"}, {"^ | $", ""}};
  std::string text = line;
  for (const auto& [pattern, with] : kChanges) {
    text = std::regex_replace(text, std::regex(pattern), with);
  }
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part);) found.push_back(part);
  return found;
}

size_t registers_of(const std::string& declaration) {
  std::smatch range;
  if (std::regex_search(declaration, range, std::regex("<(\\d+)>"))) return std::stoul(range[1]);
  return 1 + static_cast<size_t>(std::count(declaration.begin(), declaration.end(), ','));
}

Expected searched(const std::string& text) {
  Expected expected;
  std::istringstream stream(text);
  std::vector<std::string> labels;
  std::string statement;
  uint32_t line = 0, begin = 0;
  for (std::string raw; std::getline(stream, raw);) {
    ++line;
    for (const std::string& part : statements(raw)) {
      std::smatch label;
      if (std::regex_match(part, label, std::regex("(\\$L\\w+):"))) labels.push_back(label[1]);
      if (part.starts_with(".reg")) expected.registers += registers_of(part);
      if (statement.empty() && !std::regex_search(part, std::regex("^@|^[a-z]"))) continue;
      if (statement.empty()) begin = line;
      statement += (statement.empty() ? "" : " ") + part;
      if (!part.ends_with(';')) continue;
      statement.pop_back();
      expected.instructions.emplace_back(statement, begin);
      for (const std::string& name : labels) expected.behind_label[name] = statement;
      labels.clear();
      statement.clear();
    }
  }
  return expected;
}

TEST(Corpus, EveryFileParses) {
  for (const char* name : kCorpus) {
    const Module module = parsed(corpus_text(name));
    EXPECT_FALSE(module.functions.empty()) << name;
  }
}

TEST(Corpus, InstructionsAndRegistersAreThoseOfTheLines) {
  for (const char* name : kCompiled) {
    SCOPED_TRACE(name);
    const std::string text = corpus_text(name);
    const Expected expected = searched(text);
    std::vector<std::pair<std::string, uint32_t>> instructions;
    size_t registers = 0;
    for (const Function& function : parsed(text).functions) {
      registers += function.registers.size();
      for (const Instruction& one : function.instructions) {
        instructions.emplace_back(one.text, one.line);
      }
    }
    EXPECT_GT(expected.instructions.size(), 150u);
    EXPECT_EQ(instructions, expected.instructions);
    EXPECT_EQ(registers, expected.registers);
  }
}

TEST(Corpus, BranchesReachWhatStandsBehindTheirLabel) {
  for (const char* name : kCompiled) {
    SCOPED_TRACE(name);
    const std::string text = corpus_text(name);
    const Expected expected = searched(text);
    size_t branches = 0;
    for (const Function& function : parsed(text).functions) {
      for (const Instruction& one : function.instructions) {
        std::smatch label;
        if (!std::regex_search(one.text, label, std::regex("bra\\S* (\\$L\\w+)"))) continue;
        ++branches;
        const Operand& target = one.operands.at(0);
        EXPECT_EQ(function.instructions.at(target.index).text, expected.behind_label.at(label[1]));
      }
    }
    EXPECT_GT(branches, 0u);
  }
}

// Of those with a percent sign, which nothing else in the text can be.
TEST(Corpus, RegisterOperandsNameTheRegistersOfTheText) {
  for (const char* name : kCompiled) {
    for (const Function& function : parsed(corpus_text(name)).functions) {
      for (const Instruction& one : function.instructions) {
        std::multiset<std::string> expected, found;
        const std::regex pattern("%[a-z]+\\d+");
        for (std::sregex_iterator at(one.text.begin(), one.text.end(), pattern), end; at != end;
             ++at) {
          expected.insert(at->str());
        }
        if (one.guarded) found.insert(function.registers[one.guard].name);
        const auto add = [&](const Operand& operand, const auto& self) -> void {
          if (operand.kind == Operand::Kind::kRegister) {
            const std::string& name = function.registers.at(operand.index).name;
            if (name.starts_with('%')) found.insert(name);
          }
          for (const Operand& element : operand.elements) self(element, self);
        };
        for (const Operand& operand : one.operands) add(operand, add);
        EXPECT_EQ(found, expected) << name << ": " << one.text;
      }
    }
  }
}

TEST(Corpus, AKernelOfNvrtc) {
  const Module module = parsed(corpus_text("nvfp4_sm_100a"));
  EXPECT_EQ(module.version_major, 9u);
  EXPECT_EQ(module.version_minor, 0u);
  EXPECT_EQ(module.target, "sm_100a");
  ASSERT_EQ(module.functions.size(), 1u);
  const Function& kernel = module.functions[0];
  EXPECT_TRUE(kernel.is_entry);
  EXPECT_EQ(kernel.max_threads, 128u);
  ASSERT_EQ(kernel.parameters.size(), 1u);
  EXPECT_EQ(kernel.parameters[0].bytes, 56u);
  EXPECT_EQ(kernel.parameters[0].alignment, 8u);
  // kOneSixth = 0f3E2AAAAB
  const auto sixth =
      std::find_if(module.variables.begin(), module.variables.end(),
                   [](const Variable& one) { return one.name.ends_with("9kOneSixthE"); });
  ASSERT_NE(sixth, module.variables.end());
  EXPECT_THAT(sixth->initial, ElementsAre(0xAB, 0xAA, 0x2A, 0x3E));
}

TEST(Corpus, AFunctionAndItsCall) {
  const Module module = parsed(corpus_text("mxfp4_call_sm_100a"));
  ASSERT_EQ(module.functions.size(), 2u);
  const Function& caller = module.functions[0];
  const Function& callee = module.functions[1];
  EXPECT_TRUE(caller.is_entry);
  EXPECT_FALSE(callee.is_entry);
  size_t calls = 0;
  for (const Instruction& one : caller.instructions) {
    if (one.mnemonic != "call.uni") continue;
    ++calls;
    ASSERT_EQ(one.operands.size(), 2u);
    EXPECT_EQ(one.operands[0].name, callee.name);
    EXPECT_EQ(one.operands[1].elements.size(), callee.parameters.size());
  }
  EXPECT_EQ(calls, 1u);
}

TEST(Corpus, DebugInformationLeavesNoTrace) {
  const Module module = parsed(corpus_text("debug_lines"));
  ASSERT_EQ(module.functions.size(), 1u);
  std::vector<uint32_t> lines;
  for (const Instruction& one : module.functions[0].instructions) lines.push_back(one.line);
  EXPECT_THAT(lines, ElementsAre(21, 22, 25, 26, 27, 28, 29, 30, 32));
  EXPECT_TRUE(module.variables.empty());
}

}  // namespace
}  // namespace ptxsim::ptx
