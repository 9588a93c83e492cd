// Manifests: what they may hold, and everything else that JSON and bytes can be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/format.h"
#include "tests/cache/scratch.h"
#include "tools/cli/spec_file.h"
#include "tools/cli/spec_list.h"

namespace fp4jit::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSpec = "nvfp4_quantize[k=16,in=bf16,layout=128x4]@sm_100a";

class Manifest : public testing::Test {
 protected:
  Result<SpecFile> read(const std::string& bytes) const {
    cache::write_bytes(folder_.path("plan.json"), bytes);
    return read_manifest(folder_.path("plan.json"));
  }
  std::vector<std::string> texts(const std::string& bytes) const {
    Result<SpecFile> file = read(bytes);
    std::vector<std::string> texts;
    EXPECT_TRUE(file.ok()) << file.status().message();
    if (!file.ok()) return {"refused"};
    for (const ListedSpec& listed : file->specs) texts.push_back(listed.text);
    return texts;
  }
  void expect_refused(const std::string& bytes, const std::string& says) const {
    Result<SpecFile> file = read(bytes);
    ASSERT_FALSE(file.ok()) << bytes.substr(0, 100);
    EXPECT_EQ(file.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(file.status().message(), HasSubstr(folder_.path("plan.json")));
    EXPECT_THAT(file.status().message(), HasSubstr(says));
    EXPECT_LT(file.status().message().size(), 1000u);
  }

  cache::ScratchFolder folder_;
};

TEST_F(Manifest, HasTextsAndObjectsAndEachOnce) {
  EXPECT_THAT(texts(R"({"specs": ["b", {"spec": "a"}, "b", {"spec": "b", "comment": [1]}, "c"]})"),
              ElementsAre("b", "a", "c"));
  EXPECT_THAT(texts("\xef\xbb\xbf{\"comment\": \"none yet\",\r\n \"specs\": []}\r\n"), IsEmpty());
  SpecFile file = *read(R"({"specs": ["b", "b", "a"]})");
  EXPECT_EQ(file.specs[1].place, folder_.path("plan.json: specs[2]"));
  EXPECT_EQ(file.warning, "");
}

TEST_F(Manifest, IsWhatTheProgramPrints) {
  EXPECT_THAT(texts(R"({"specs": [{"spec": "a", "status": "compiled", "ms": 1.5, "bytes": 9,
                        "error": ""}], "compiled": 1, "cached": 0, "failed": 0, "unaligned": [],
                        "seconds": 0.1, "store": "/x", "interrupted": false, "model": {}})"),
              ElementsAre("a"));
  SpecFile listing = *read(R"({"records": [{"key": "0", "spec": "a", "kind": "cubin", "bytes": 9,
                               "toolchain": "13.0", "path": "/x"}], "store": "/x"})");
  ASSERT_EQ(listing.specs.size(), 1u);
  EXPECT_EQ(listing.specs[0].place, folder_.path("plan.json: records[0]"));
}

TEST_F(Manifest, NamesTheEntryAndItsValue) {
  expect_refused(R"({"specs": ["a", "b", "c", 17]})",
                 "plan.json: specs[3]: must be a string or an object; it is 17");
  expect_refused(R"({"specs": [null]})", "specs[0]: must be a string or an object; it is null");
  expect_refused(R"({"specs": ["a", ["b"]]})", "specs[1]: must be a string or an object");
  expect_refused(R"({"specs": [{}]})", "specs[0]: 'spec' is missing");
  expect_refused(R"({"specs": [{"spec": 4096}]})", "specs[0]: 'spec' must be a string; it is 4096");
  expect_refused(R"({"specs": [{"spec": "a", "stauts": ""}]})", "did you mean 'status'?");
  expect_refused(R"({"records": [{"spec": "a"}, false]})", "records[1]: must be");
}

TEST_F(Manifest, NamesTheKeyThatItDoesNotKnow) {
  expect_refused(R"({"spec": ["a"]})", "\"spec\" is not a key here; keys are specs, records");
  expect_refused(R"({"spec": ["a"]})", "did you mean 'specs'?");
  expect_refused(R"({"specs": [], "target": "sm_90"})", "\"target\" is not a key here");
  expect_refused(R"({"\u0000\u001b[31m": 1})", "\"\\u0000\\u001b[31m\" is not a key here");
}

TEST_F(Manifest, IsAnObjectWithOneList) {
  expect_refused("{}", "'specs' is missing");
  expect_refused(R"({"specs": null})", "'specs' is missing");
  expect_refused(R"({"specs": "a"})", "'specs' must be a list; it is \"a\"");
  expect_refused(R"({"specs": {"spec": "a"}})", "'specs' must be a list");
  expect_refused(R"({"specs": ["a"], "records": ["b"]})", "has both 'specs' and 'records'");
  for (const char* bytes : {"[]", "\"a\"", "null", "7", "[\"a\"]"}) {
    expect_refused(bytes, "must hold an object");
  }
}

TEST_F(Manifest, IsJsonToItsEnd) {
  std::string whole = formatted(R"({{"specs": ["{}", {{"spec": "{}"}}]}})", kSpec, kSpec);
  ASSERT_THAT(texts(whole), ElementsAre(kSpec));
  for (size_t length = 0; length < whole.size(); ++length) {
    expect_refused(whole.substr(0, length), "is not valid JSON or is cut off");
  }
  for (const std::string& more : {std::string("x"), std::string(1, '\0'), std::string("{}")}) {
    expect_refused(whole + more, "is not valid JSON");
  }
  expect_refused("{\"specs\": [\"\xff\"]}", "is not valid JSON");
  expect_refused(std::string("{\"specs\": [\"a\0\"]}", 16), "is not valid JSON");
  expect_refused("{'specs': []}", "is not valid JSON");
  expect_refused("{\"specs\": []} // none", "is not valid JSON");
  expect_refused("\xff\xfe{\0", "is not valid JSON");
}

TEST_F(Manifest, MayBeDeepAndLongAndNotLongerThanItsBound) {
  std::string deep(1 << 20, '[');
  for (const std::string& end : {std::string(), std::string(deep.size(), ']') + "}"})
    expect_refused("{\"specs\": " + deep + end, "is nested over 100 deep");
  expect_refused("{\"specs\": [" + deep.substr(0, 90) + std::string(90, ']') + "]}",
                 "specs[0]: must");
  std::string many = "{\"specs\": [";
  for (int i = 0; i < 100'000; ++i) many += formatted("\"{}\",", i % 1000);
  many.back() = ']';
  EXPECT_EQ(texts(many + "}").size(), 1000u);
  std::string full = "{\"specs\": []}";
  full.resize(kMostSpecFileBytes, ' ');
  EXPECT_THAT(texts(full), IsEmpty());
  expect_refused(full + " ", "is over 16777216 bytes");
}

TEST_F(Manifest, MayEscapeCharactersAndNoSpecHasThem) {
  SpecFile file = *read(R"({"specs": ["nvfp4\u005fquantize", "a\u0000b", "\u001b[31m"]})");
  EXPECT_EQ(file.specs[0].text, "nvfp4_quantize");
  file.specs.erase(file.specs.begin());
  EXPECT_THAT(parse_listed(file.specs, {}).status().message(),
              HasSubstr("plan.json: specs[1]: byte 2 is 0x00"));
}

TEST_F(Manifest, NamesTheFileThatItCannotRead) {
  EXPECT_THAT(read_manifest(folder_.path("absent")).status().message(), HasSubstr("No such file"));
  EXPECT_THAT(read_manifest(folder_.path()).status().message(), HasSubstr("Is a directory"));
  EXPECT_THAT(read_manifest("/dev/zero").status().message(), HasSubstr("is over"));
  EXPECT_THAT(read_manifest("/dev/null").status().message(), HasSubstr("is cut off"));
}

TEST_F(Manifest, OfAnyBytesIsReadOrRefused) {
  std::mt19937 dice(6);
  const std::string whole = formatted(R"({{"specs": ["{}", {{"spec": "{}"}}]}})", kSpec, kSpec);
  const std::string alphabet = "{}[]\",:\\u0 spec\n\xff" + std::string(1, '\0');
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = whole;
    for (int i = dice() % 4; i >= 0; --i) {
      char any = round % 2 ? alphabet[dice() % alphabet.size()] : static_cast<char>(dice());
      bytes.insert(dice() % (bytes.size() + 1), 1, any);
      if (round % 3 == 0) bytes.erase(dice() % bytes.size(), dice() % 20);
    }
    Result<SpecFile> file = read(bytes);
    if (file.ok()) {
      (void)parse_listed(file->specs, {}).status();
    } else {
      EXPECT_EQ(file.status().code(), StatusCode::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace fp4jit::cli
