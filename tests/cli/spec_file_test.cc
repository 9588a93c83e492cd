// Lists of specs in files: what they may hold, and everything else that a file can be.
#include "tools/cli/spec_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>
#include <thread>

#include "base/format.h"
#include "spec/text.h"
#include "tests/cache/scratch.h"
#include "tools/cli/spec_list.h"

namespace fp4jit::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string spec_of(int k) {
  return formatted("nvfp4_quantize[k={},in=bf16,layout=128x4]@sm_100a", k);
}

class SpecFiles : public testing::Test {
 protected:
  std::string put(const std::string& bytes) const {
    cache::write_bytes(folder_.path("list"), bytes);
    return folder_.path("list");
  }
  // The texts of a trace that holds `bytes`.
  std::vector<std::string> texts(const std::string& bytes) const {
    std::vector<std::string> texts;
    SpecFile file = *read_trace(put(bytes));
    for (const ListedSpec& listed : file.specs) texts.push_back(listed.text);
    return texts;
  }
  Result<SpecList> parse(const std::string& bytes, const std::vector<Target>& targets = {}) const {
    FP4JIT_ASSIGN_OR_RETURN(SpecFile file, read_trace(put(bytes)));
    return parse_listed(file.specs, targets);
  }

  cache::ScratchFolder folder_;
};

using Trace = SpecFiles;

TEST_F(Trace, HasASpecALineAndEachOnce) {
  EXPECT_THAT(texts("b\na\nb\na\nc\n"), ElementsAre("b", "a", "c"));
  SpecFile file = *read_trace(put("# recorded\n\nb\n  \n\t# more\na\n"));
  ASSERT_EQ(file.specs.size(), 2u);
  EXPECT_EQ(file.specs[0].place, folder_.path("list:3"));
  EXPECT_EQ(file.specs[1].place, folder_.path("list:6"));
  EXPECT_EQ(file.warning, "");
}

TEST_F(Trace, TakesLinesThatEndAsOnWindowsAndAMarkBeforeTheText) {
  EXPECT_THAT(texts("\xef\xbb\xbf"
                    "b\r\n\r\na \r\n#\r\n"),
              ElementsAre("b", "a"));
}

TEST_F(Trace, WithoutSpecsIsEmpty) {
  for (const char* bytes : {"", "\n", "\r\n\r\n", "# nothing\n", "\xef\xbb\xbf", "#", "  "}) {
    EXPECT_THAT(texts(bytes), IsEmpty()) << bytes;
    EXPECT_EQ(read_trace(put(bytes))->warning, "") << bytes;
  }
}

TEST_F(Trace, LeavesOutALastLineThatMayBeTorn) {
  std::string whole = spec_of(16) + "\n" + spec_of(32);
  for (size_t cut = spec_of(16).size() + 2; cut <= whole.size(); ++cut) {
    SpecFile file = *read_trace(put(whole.substr(0, cut)));
    ASSERT_EQ(file.specs.size(), 1u) << cut;
    EXPECT_EQ(file.specs[0].text, spec_of(16));
    EXPECT_THAT(file.warning, HasSubstr(folder_.path("list:2: ")));
    EXPECT_THAT(file.warning, HasSubstr("is left out"));
  }
  EXPECT_EQ(read_trace(put(whole + "\n"))->specs.size(), 2u);
}

// As the next writer leaves it.
TEST_F(Trace, LeavesOutALineThatWasCutOff) {
  std::string cut = spec_of(32);
  for (size_t length = 1; length <= cut.size(); ++length) {
    SpecFile file =
        *read_trace(put(spec_of(16) + "\n" + cut.substr(0, length) + "#\n" + spec_of(48) + "\n"));
    ASSERT_EQ(file.specs.size(), 2u) << length;
    EXPECT_EQ(file.specs[1].text, spec_of(48));
    EXPECT_EQ(file.specs[1].place, folder_.path("list:3"));
    EXPECT_EQ(file.warning,
              folder_.path("list:2: ") + "the line ends in '#', was cut off, and is left out");
  }
}

TEST_F(Trace, WarnsOnceOfAllThatIsCutOff) {
  SpecFile file = *read_trace(put("a\nb#\nc# \r\n#\na\nd"));
  ASSERT_EQ(file.specs.size(), 1u);
  EXPECT_THAT(file.warning, HasSubstr(folder_.path("list:2: ")));
  EXPECT_THAT(file.warning, HasSubstr("is left out, as are 2 more"));
}

TEST_F(Trace, MayBeLongAndNotLongerThanItsBound) {
  std::string bytes;
  constexpr int kLines = 100'000;
  for (int i = 0; i < kLines; ++i) bytes += spec_of(16 * (i % 1000 + 1)) + "\n";
  EXPECT_EQ(parse(bytes)->specs.size(), 1000u);
  bytes.assign(kMostSpecFileBytes, '\n');
  EXPECT_THAT(texts(bytes), IsEmpty());
  Status over = read_trace(put(bytes + "\n")).status();
  EXPECT_EQ(over.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(over.message(), folder_.path("list") + " is over 16777216 bytes");
  EXPECT_THAT(read_trace("/dev/zero").status().message(), HasSubstr("is over"));
}

TEST_F(Trace, NamesTheFileThatItCannotRead) {
  EXPECT_THAT(read_trace(folder_.path("absent")).status().message(),
              HasSubstr(folder_.path("absent") + " cannot be opened: No such file"));
  EXPECT_THAT(read_trace(folder_.path()).status().message(), HasSubstr("Is a directory"));
  EXPECT_THAT(read_trace("").status().message(), HasSubstr("cannot be opened"));
}

TEST_F(Trace, ComesThroughAPipeToo) {
  std::string pipe = folder_.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::string bytes;
  for (int i = 1; i <= 5000; ++i) bytes += spec_of(16 * i) + "\n";
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << bytes; });
  Result<SpecFile> file = read_trace(pipe);
  writer.join();
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(file->specs.size(), 5000u);
}

TEST_F(Trace, NamesTheLineThatIsNoSpec) {
  std::string good = spec_of(16) + "\n";
  for (auto [line, says] : std::vector<std::pair<std::string, std::string>>{
           {"garbage", "expected FORMAT_OP"},
           {"nvfp4_quantize[k=232,in=bf16,layout=128x4]@sm_100a", "14.5 blocks"},
           {"nvfp4_quantize[k=16,in=bf16,layout=128x4]", "or name the target with --target"},
           {std::string("nvfp4\0x", 7), "byte 6 is 0x00"},
           {"nvfp4_quantize\x1b[31m", "byte 15 is 0x1b"},
           {"\xff\xfen", "byte 1 is 0xff"}}) {
    Result<SpecList> list = parse("#\n" + good + line + "\n" + good);
    ASSERT_FALSE(list.ok()) << line;
    EXPECT_EQ(list.status().code(), StatusCode::kInvalidSpec) << line;
    EXPECT_THAT(list.status().message(), HasSubstr(folder_.path("list:3: ")));
    EXPECT_THAT(list.status().message(), HasSubstr(says));
  }
}

TEST_F(Trace, MayHoldWhatThisVersionCannotCompile) {
  std::string op = "nvfp4_silu_mul_quantize[k=16,in=bf16,layout=128x4]@sm_100a";
  std::string target = "nvfp4_quantize[k=16,in=bf16,layout=128x4]@sm_130a";
  SpecList list = *parse(op + "\n" + spec_of(16) + "\n" + target + "\n");
  EXPECT_THAT(list.specs, ElementsAre(*parse_spec(spec_of(16))));
  ASSERT_EQ(list.refused.size(), 2u);
  EXPECT_EQ(list.refused[0].text, op);
  EXPECT_THAT(list.refused[0].status.message(), HasSubstr("has no template yet"));
  EXPECT_EQ(list.refused[1].text, target);
  EXPECT_THAT(list.refused[1].status.message(), HasSubstr("sm_130a is not supported"));
}

TEST_F(Trace, TakesOtherTargetsThanItsOwn) {
  std::string open = "nvfp4_quantize[k=16,in=bf16,layout=128x4]";
  std::string op = "nvfp4_amax[k=16,in=bf16,layout=128x4]";
  std::vector<Target> targets = {*parse_target("sm_90"), *parse_target("compute_120a")};
  SpecList list = *parse(
      open + "@sm_100a\n" + open + "@sm_130a\n" + open + "\n" + op + "@sm_80\n" + op + "@sm_90\n",
      targets);
  EXPECT_THAT(list.specs,
              ElementsAre(*parse_spec(open + "@sm_90"), *parse_spec(open + "@compute_120a")));
  ASSERT_EQ(list.refused.size(), 2u);
  EXPECT_EQ(list.refused[0].text, op + "@sm_90");
}

TEST_F(Trace, OfAnyBytesIsReadOrRefused) {
  std::mt19937 dice(5);
  std::string alphabet = "nvfp4_quantize[k=16,in=bf16,layout=128x4]@sm_100a\n\n\r#\xff\xef\xbb\xbf";
  alphabet += '\0';
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = round % 2 ? spec_of(16) + "\n" + spec_of(32) + "\n" : "";
    for (int i = dice() % 8; i >= 0; --i) {
      char any = round % 3 ? alphabet[dice() % alphabet.size()] : static_cast<char>(dice());
      bytes.insert(dice() % (bytes.size() + 1), 1, any);
    }
    Result<SpecList> list = parse(bytes);
    if (list.ok()) {
      for (const Spec& spec : list->specs) EXPECT_TRUE(require_template(spec).ok()) << bytes;
    } else {
      EXPECT_EQ(list.status().code(), StatusCode::kInvalidSpec);
      EXPECT_THAT(list.status().message(), HasSubstr(folder_.path("list:")));
      EXPECT_EQ(list.status().message().find_first_of(std::string("\0\x1b\r\n", 4)),
                std::string::npos);
    }
  }
}

TEST(SpecFlags, TakeATargetOnce) {
  std::string open = "nvfp4_quantize[k=16,in=bf16,layout=128x4]";
  std::vector<Target> targets = {*parse_target("sm_90"), *parse_target("sm_120a")};
  EXPECT_THAT(*parse_flags({open, open}, targets),
              ElementsAre(*parse_spec(open + "@sm_90"), *parse_spec(open + "@sm_120a")));
  EXPECT_THAT(*parse_flags({open + "@sm_80"}, {}), ElementsAre(*parse_spec(open + "@sm_80")));
  EXPECT_THAT(parse_flags({open + "@sm_80"}, targets).status().message(),
              HasSubstr("names its target; leave out that, or --target"));
  EXPECT_THAT(parse_flags({open}, {}).status().message(), HasSubstr("--target"));
  Status no_template = parse_flags({"nvfp4_amax[k=16,in=bf16,layout=128x4]"}, targets).status();
  EXPECT_EQ(no_template.code(), StatusCode::kInvalidSpec);
}

}  // namespace
}  // namespace fp4jit::cli
