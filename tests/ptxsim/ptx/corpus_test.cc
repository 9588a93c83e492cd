// Whole files. What the parser finds is compared with what plain searches of their lines find.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "tests/ptxsim/ptx/corpus_files.h"
#include "tests/ptxsim/ptx/parse_text.h"

namespace ptxsim::ptx {
namespace {

using testing::ElementsAre;

// Those that NVRTC made: one statement on a line, comments on lines of their own or at an end.
constexpr const char* kCompiled[] = {"mxfp4_call_sm_100a", "mxfp8_sm_90", "nvfp4_sm_100a"};

struct Expected {
  std::vector<std::pair<std::string, uint32_t>> instructions;  // text and line, of all functions
  std::map<std::string, std::string> behind_label;             // the text of what follows it
  size_t registers = 0;
};

std::string trimmed(const std::string& text) {
  const std::string spaced =
      std::regex_replace(std::regex_replace(text, std::regex("//.*"), ""), std::regex("\\s+"), " ");
  return std::regex_replace(spaced, std::regex("^ | $"), "");
}

Expected searched(const std::string& text) {
  Expected expected;
  std::istringstream stream(text);
  std::vector<std::string> labels;
  std::string statement;
  uint32_t line = 0, begin = 0;
  for (std::string raw; std::getline(stream, raw);) {
    ++line;
    const std::string part = trimmed(raw);
    std::smatch found;
    if (std::regex_match(part, found, std::regex("(\\$L\\w+):"))) labels.push_back(found[1]);
    if (std::regex_search(part, found, std::regex("^\\.reg .*<(\\d+)>;"))) {
      expected.registers += std::stoul(found[1]);
    } else if (part.starts_with(".reg")) {
      ++expected.registers;
    }
    if (statement.empty() && !std::regex_search(part, std::regex("^@|^[a-z]"))) continue;
    if (statement.empty()) begin = line;
    statement += (statement.empty() ? "" : " ") + part;
    if (!part.ends_with(';')) continue;
    statement.pop_back();
    expected.instructions.emplace_back(statement, begin);
    for (const std::string& label : labels) expected.behind_label[label] = statement;
    labels.clear();
    statement.clear();
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
    EXPECT_GT(expected.instructions.size(), 200u);
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
    EXPECT_GT(branches, 3u);
  }
}

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
            found.insert(function.registers.at(operand.index).name);
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
  EXPECT_EQ(kernel.max_threads, 256u);
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
  EXPECT_THAT(lines, ElementsAre(22, 23, 26, 27, 28, 29, 30, 31, 33));
  EXPECT_TRUE(module.variables.empty());
}

}  // namespace
}  // namespace ptxsim::ptx
