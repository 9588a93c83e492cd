#include "tests/ptxsim/ptx/mutator.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ptxsim/ptx/lexer.h"
#include "tests/ptxsim/ptx/parser.h"

namespace ptxsim::ptx {
namespace {

constexpr uint64_t kLongestSlice = 200;
constexpr size_t kLongestMessage = 800;

constexpr const char* kTokens[] = {
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    ",",
    ";",
    ":",
    "|",
    "!",
    "@",
    "-",
    "+",
    "=",
    "_",
    "\"",
    "//",
    "/*",
    "*/",
    "@@",
    "\n",
    ".reg ",
    ".b32 ",
    ".pred ",
    ".param ",
    ".shared ",
    ".global ",
    ".align ",
    ".section ",
    ".loc ",
    ".func ",
    ".entry ",
    ".extern ",
    ".alias ",
    ".pragma ",
    ".version ",
    ".branchtargets ",
    "%r1",
    "%p1",
    "%tid.x",
    "%r<9>",
    "$L_end",
    "param0",
    "0",
    "-1",
    "0x1F",
    "0f3F800000",
    "0d3FF0000000000000",
    "18446744073709551615",
    "4294967296",
    "1.5e3",
    "0b",
    "bra ",
    "call ",
    "ret;",
    "generic(",
    "\xff",
};

// A token of the text that begins at or behind a place; empty behind the last one.
std::string_view token_behind(const std::string& text, size_t place) {
  Lexer lexer(std::string_view(text).substr(place));
  return lexer.next().text;
}

void check_operand(const Function& function, const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::kRegister:
      ASSERT_LT(operand.index, function.registers.size());
      break;
    case Operand::Kind::kLabel:
      ASSERT_LE(operand.index, function.instructions.size());
      ASSERT_EQ(operand.name, "");
      break;
    case Operand::Kind::kName:
      ASSERT_NE(operand.name, "");
      break;
    case Operand::Kind::kPair:
      ASSERT_EQ(operand.elements.size(), 2u);
      break;
    default:
      break;
  }
  for (const Operand& element : operand.elements) check_operand(function, element);
}

void check_module(const Module& module) {
  for (const Function& function : module.functions) {
    ASSERT_NE(function.name, "");
    for (const Instruction& one : function.instructions) {
      ASSERT_NE(one.mnemonic, "");
      ASSERT_NE(one.text, "");
      ASSERT_GT(one.line, 0u);
      ASSERT_TRUE(!one.guarded || function.registers.at(one.guard).bits == 1);
      for (const Operand& operand : one.operands) check_operand(function, operand);
    }
  }
  for (const Variable& variable : module.variables) {
    ASSERT_TRUE(variable.initial.empty() || variable.initial.size() == variable.bytes);
    for (const auto& reference : variable.references) {
      ASSERT_LE(reference.at + 8, variable.initial.size());
    }
  }
}

void check_error(const Error& error) {
  ASSERT_TRUE(error.code == CUDA_ERROR_INVALID_PTX ||
              error.code == CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
  ASSERT_TRUE(error.message.starts_with("line "));
  ASSERT_LT(error.message.size(), kLongestMessage);
  ASSERT_TRUE(std::all_of(error.message.begin(), error.message.end(),
                          [](char c) { return c >= ' ' && c <= '~'; }));
}

}  // namespace

std::string Mutator::next() {
  std::string text = seeds_[below(seeds_.size())];
  for (uint64_t changes = 1 + below(4); changes > 0; --changes) change(&text);
  return text;
}

void Mutator::change(std::string* text) {
  switch (below(8)) {
    case 0:
    case 1:
      return change_byte(text);
    case 2:
      return erase_slice(text);
    case 3:
      return copy_slice(text);
    case 4:
      if (below(8) == 0) cut(text);
      return;
    case 5:
      return swap_tokens(text);
    default:
      return insert_token(text);
  }
}

void Mutator::change_byte(std::string* text) {
  if (text->empty()) return;
  char& byte = (*text)[below(text->size())];
  byte = below(2) == 0 ? static_cast<char>(byte ^ 1 << below(8)) : static_cast<char>(below(256));
}

void Mutator::erase_slice(std::string* text) {
  text->erase(below(text->size() + 1), below(kLongestSlice));
}

// Of this text, or of another seed.
void Mutator::copy_slice(std::string* text) {
  const std::string slice = slice_of(below(2) == 0 ? *text : seeds_[below(seeds_.size())]);
  text->insert(below(text->size() + 1), slice);
}

void Mutator::cut(std::string* text) {
  text->resize(below(text->size() + 1));
}

void Mutator::swap_tokens(std::string* text) {
  const std::string_view a = token_behind(*text, below(text->size() + 1));
  const std::string_view b = token_behind(*text, below(text->size() + 1));
  const std::string_view first = std::min(a, b, [](auto x, auto y) { return x.data() < y.data(); });
  const std::string_view second = first.data() == a.data() ? b : a;
  if (first.data() + first.size() > second.data()) return;
  const std::string between(first.data() + first.size(), second.data());
  const auto begin = static_cast<size_t>(first.data() - text->data());
  const size_t length = first.size() + between.size() + second.size();
  text->replace(begin, length, std::string(second) + between + std::string(first));
}

void Mutator::insert_token(std::string* text) {
  text->insert(below(text->size() + 1), kTokens[below(std::size(kTokens))]);
}

std::string Mutator::slice_of(const std::string& text) {
  return text.substr(below(text.size() + 1), below(kLongestSlice));
}

bool check_parse(const std::string& text) {
  const Result<Module> result = parse(text);
  if (result.ok()) {
    check_module(*result);
  } else {
    check_error(result.error());
  }
  if (testing::Test::HasFatalFailure()) {
    ADD_FAILURE() << (result.ok() ? "" : result.error().message) << "\n" << text;
  }
  return result.ok();
}

}  // namespace ptxsim::ptx
