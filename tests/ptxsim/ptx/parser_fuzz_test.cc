// Whatever the bytes, parse() ends with a module or with one line about them.
#include <gtest/gtest.h>

#include "tests/ptxsim/ptx/corpus_files.h"
#include "tests/ptxsim/ptx/mutator.h"
#include "tests/ptxsim/ptx/parse_text.h"

namespace ptxsim::ptx {
namespace {

std::vector<std::string> corpus() {
  std::vector<std::string> texts;
  for (const char* name : kCorpus) texts.push_back(corpus_text(name));
  return texts;
}

TEST(ParserFuzz, MutatedFiles) {
  Mutator mutator(corpus(), 1);
  int modules = 0;
  for (int i = 0; i < 20000 && !HasFailure(); ++i) modules += check_parse(mutator.next());
  // Both ways out are taken.
  EXPECT_GT(modules, 1000);
  EXPECT_LT(modules, 19000);
}

TEST(ParserFuzz, AFileCutAtEveryByte) {
  for (const char* name : {"grammar", "debug_lines"}) {
    const std::string text = corpus_text(name);
    for (size_t i = 0; i < text.size() && !HasFailure(); ++i) check_parse(text.substr(0, i));
  }
}

TEST(ParserFuzz, AFileWithEachByteGoneOrChanged) {
  const std::string text = corpus_text("grammar");
  for (size_t i = 0; i < text.size() && !HasFailure(); ++i) {
    check_parse(text.substr(0, i) + text.substr(i + 1));
    for (const char byte : {'\0', '{', '"', '\xff'}) {
      std::string changed = text;
      changed[i] = byte;
      check_parse(changed);
    }
  }
}

TEST(ParserFuzz, BytesAtRandom) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000 && !HasFailure(); ++i) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_FALSE(check_parse(bytes));
    check_parse(module_text(bytes));
    check_parse(kernel_text(bytes));
  }
}

}  // namespace
}  // namespace ptxsim::ptx
